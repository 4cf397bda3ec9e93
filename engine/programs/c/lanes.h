/* Arithmetic on lanes: LANES examples side by side, each with the digits that it has alone.

   Plus, minus, times and divided are one IEEE-754 operation per lane. tanh, exp and whatever else has no version for
   lanes here is called lane by lane (EACH): it is the platform's own, as in Python's math module.

   A power by 2, -1, -2 or 1/2 need not be a call. Such a power rounded correctly is what every libm returns that is
   accurate enough, unless the exact power lies almost halfway between two doubles. The rounding error of the quick
   result tells which it is: scaled up by DOUBT it must still not reach the next double. DOUBT leaves room for a libm
   that errs by less than 1 - 0.5 / DOUBT = 0.5176 units in the last place. glibc from 2.28 on documents 0.511, and up
   to 0.0064 more for results between LEAST and MOST; elsewhere the call is made. */

#include <math.h>
#include <string.h>

typedef double lane __attribute__((vector_size(8 * LANES)));
typedef long long mask __attribute__((vector_size(8 * LANES)));

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 28)
#define QUICK_POWERS 1
#endif
#endif

/* Single instructions for what is several in portable C. */
#if defined(__AVX__) && defined(__GNUC__) && !defined(__clang__) && LANES == 4
#define SHORTCUTS 1
#endif

#define DOUBT 1.0365
#define LEAST 0x1p-200
#define MOST 0x1p200

static inline lane splat(double number) {
    lane all;
    for (int i = 0; i < LANES; i++) all[i] = number;
    return all;
}

/* LANES doubles anywhere in memory. */
typedef double unaligned __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define AT(place) (*(unaligned *)(place))

static inline lane load(const double *from) { return AT(from); }
static inline void store(double *to, lane all) { AT(to) = all; }

static inline int any(mask m) {
#ifdef SHORTCUTS
    return __builtin_ia32_movmskpd256((lane)m) != 0;
#else
    long long some = 0;
    for (int i = 0; i < LANES; i++) some |= m[i];
    return some != 0;
#endif
}

/* Old library code runs slowly while the upper halves of the registers are in use. */
#ifdef __AVX__
#define LEAVE_VECTORS __builtin_ia32_vzeroupper()
#else
#define LEAVE_VECTORS (void)0
#endif

/* A function of lanes out of one of a single number. */
#define EACH(name)                                               \
    static __attribute__((noinline)) lane lane_##name(lane a) {  \
        double each[LANES];                                      \
        store(each, a);                                          \
        LEAVE_VECTORS;                                           \
        for (int i = 0; i < LANES; i++) each[i] = name(each[i]); \
        return load(each);                                       \
    }

static __attribute__((noinline)) lane lane_pow(lane a, lane k) {
    double each[LANES], exponents[LANES];
    store(each, a);
    store(exponents, k);
    LEAVE_VECTORS;
    for (int i = 0; i < LANES; i++) each[i] = pow(each[i], exponents[i]);
    return load(each);
}

static inline lane lane_relu(lane a) { return (lane)((mask)a & ~(mask)(a <= 0.0)); }

static inline lane lane_leaky_relu(lane a, lane k) {
    mask low = (mask)(a <= 0.0);
    return (lane)(((mask)(k * a) & low) | ((mask)a & ~low));
}

static inline lane lane_fabs(lane a) { return (lane)((mask)a & 0x7fffffffffffffffLL); }

/* 1 where a comparison of lanes holds, else 0. */
#define ONE_WHERE(condition) ((lane)((mask)splat(1.0) & (mask)(condition)))

/* What the rounding of product = a * b lost, exactly (Dekker 1971). */
static inline lane lost(lane a, lane b, lane product) {
    lane a_far = 134217729.0 * a, b_far = 134217729.0 * b;
    lane a_high = a_far - (a_far - a), b_high = b_far - (b_far - b);
    lane a_low = a - a_high, b_low = b - b_high;
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
}

static inline lane square_root(lane a) {
#ifdef SHORTCUTS
    return __builtin_ia32_sqrtpd256(a);
#else
    for (int i = 0; i < LANES; i++) a[i] = __builtin_sqrt(a[i]);
    return a;
#endif
}

#ifdef QUICK_POWERS
#define NONE ((mask)splat(0.0))

static __attribute__((noinline, cold)) lane doubtful(lane a, double k, lane quick, mask certain) {
    double each[LANES], result[LANES];
    long long sure[LANES];
    store(each, a);
    store(result, quick);
    memcpy(sure, &certain, sizeof sure);
    LEAVE_VECTORS;
    for (int i = 0; i < LANES; i++)
        if (!sure[i]) result[i] = pow(each[i], k);
    return load(result);
}

/* The quick power where it is certain to be rounded correctly; pow where it is not. */
static inline lane verified(lane a, double k, lane quick, lane correction, mask trivial) {
    lane size = (lane)((mask)quick & 0x7fffffffffffffffLL);
    mask certain = (mask)(quick + DOUBT * correction == quick) & (mask)(size > LEAST) & (mask)(size < MOST);
    certain |= trivial;
    return __builtin_expect(any(~certain), 0) ? doubtful(a, k, quick, certain) : quick;
}

static __attribute__((noinline)) lane lane_pow_2(lane a) {
    lane square = a * a;
    return verified(a, 2.0, square, lost(a, a, square), (mask)(a == 0.0));
}

static __attribute__((noinline)) lane lane_pow_m1(lane a) {
    lane inverse = 1.0 / a, one = inverse * a;
    return verified(a, -1.0, inverse, ((1.0 - one) - lost(inverse, a, one)) * inverse, NONE);
}

static __attribute__((noinline)) lane lane_pow_m2(lane a) {
    lane square = a * a, inverse = 1.0 / square, one = inverse * square;
    lane rest = inverse * (((1.0 - one) - lost(inverse, square, one)) - inverse * lost(a, a, square));
    lane better = inverse + rest; /* the inverse was rounded twice */
    return verified(a, -2.0, better, (inverse - better) + rest, NONE);
}

static __attribute__((noinline)) lane lane_pow_half(lane a) {
    lane root = square_root(a) + 0.0; /* the root of -0 is +0 here */
    lane square = root * root;
    return verified(a, 0.5, root, ((a - square) - lost(root, root, square)) * 0.5 / root, (mask)(a == 0.0));
}
#else
static inline lane lane_pow_2(lane a) { return lane_pow(a, splat(2.0)); }
static inline lane lane_pow_m1(lane a) { return lane_pow(a, splat(-1.0)); }
static inline lane lane_pow_m2(lane a) { return lane_pow(a, splat(-2.0)); }
static inline lane lane_pow_half(lane a) { return lane_pow(a, splat(0.5)); }
#endif
