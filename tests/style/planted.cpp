#include "planted.hpp"
