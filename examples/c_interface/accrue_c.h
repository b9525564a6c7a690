/* A C interface to accrue, as small as a program needs: numbers in, numbers out, and no exception comes through.
   Extend it in accrue_c.cpp by what you use; the library stays a library of headers. */
#ifndef ACCRUE_C_H
#define ACCRUE_C_H

#ifdef __cplusplus
extern "C" {
#endif

/* What was pooled, on the analysis scale (logarithmic for ratios). */
typedef struct accrue_c_pooled {
    double effect;
    double standard_error;
    double lower; /* of the confidence interval */
    double upper;
    double p_value;
    double tau_squared;
} accrue_c_pooled;

/* Random effects by REML and Hartung-Knapp of n effects and their variances. Returns 0, or 1 with a message of at
   most `size` characters (its end included) where the data cannot be used: "study 2: variance must be ...". */
int accrue_c_pool(double const* effects, double const* variances, int n, double level, accrue_c_pooled* result,
                  char* message, int size);

/* Two-sided monitoring boundaries of |Z| by O'Brien-Fleming spending at n information fractions. As above. */
int accrue_c_boundaries(double const* fractions, int n, double alpha, double* boundaries, char* message, int size);

/* The same for R's .C(), where every argument is a pointer: result[6] in the order of the structure above, and a
   message of 256 characters. */
void accrue_r_pool(double* effects, double* variances, int* n, double* level, double* result, int* failed,
                   char** message);

#ifdef __cplusplus
}
#endif
#endif
