struct defined_once {};
