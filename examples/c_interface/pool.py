"""Pools studies by accrue from Python, with what Python brings along: python3 pool.py LIBRARY"""

import ctypes
import sys


class Pooled(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in
                ("effect", "standard_error", "lower", "upper", "p_value", "tau_squared")]


library = ctypes.CDLL(sys.argv[1])
numbers = ctypes.POINTER(ctypes.c_double)
library.accrue_c_pool.argtypes = [numbers, numbers, ctypes.c_int, ctypes.c_double, ctypes.POINTER(Pooled),
                                  ctypes.c_char_p, ctypes.c_int]
library.accrue_c_boundaries.argtypes = [numbers, ctypes.c_int, ctypes.c_double, numbers, ctypes.c_char_p, ctypes.c_int]


def array(values):
    return (ctypes.c_double * len(values))(*values)


def pool(effects, variances, level=0.95):
    result, message = Pooled(), ctypes.create_string_buffer(256)
    if library.accrue_c_pool(array(effects), array(variances), len(effects), level, result, message, 256):
        raise ValueError(message.value.decode())
    return result


def boundaries(fractions, alpha=0.05):
    result, message = array([0.0] * len(fractions)), ctypes.create_string_buffer(256)
    if library.accrue_c_boundaries(array(fractions), len(fractions), alpha, result, message, 256):
        raise ValueError(message.value.decode())
    return list(result)


found = pool([-0.4155, -0.1776, -0.1019, -0.2282], [0.0278, 0.1158, 0.0147, 0.0407])
print(f"pooled {found.effect:.4f} ({found.lower:.4f} to {found.upper:.4f}), p {found.p_value:.4f}")
print("boundaries " + " ".join(f"{z:.3f}" for z in boundaries([0.25, 0.5, 0.75, 1.0])))
try:
    pool([0.1, float("nan")], [0.2, 0.1])
except ValueError as error:
    print(f"refused: {error}")
