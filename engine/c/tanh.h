/* tanh for LANES numbers at once, with the digits of the platform's tanh, or that tanh itself.

   Most C libraries compute tanh by fdlibm's way through expm1; GNU's sums the polynomial in pairs.
   Done in lanes it is the same sequence of roundings and therefore the same digits, if the library
   was compiled the way that is assumed here: with fused multiply-adds or without. `choose_tanh`
   compares both ways with the library on TANH_TRIALS numbers and takes the one without any
   difference (the wrong one differs about once in 1,000 numbers), or else calls the library.

   After fdlibm's s_tanh.c and s_expm1.c:
   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
   Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and
   distribute this software is freely granted, provided that this notice is preserved. */

#define TANH_TRIALS 262144
#define SHIFTER 0x1.8p52 /* a small whole number added to it stands in its lowest bits */

static inline lane pick(mask which, lane yes, lane no) {
#ifdef SHORTCUTS
    return __builtin_ia32_blendvpd256(no, yes, (lane)which);
#else
    return (lane)(((mask)yes & which) | ((mask)no & ~which));
#endif
}

static inline lane fused(lane a, lane b, lane c) {
#if defined(SHORTCUTS) && defined(__FMA__)
    return __builtin_ia32_vfmaddpd256(a, b, c);
#else
    for (int i = 0; i < LANES; i++) a[i] = __builtin_fma(a[i], b[i], c[i]);
    return a;
#endif
}

/* Towards zero; at most 2^51. */
static inline lane whole(lane a) {
#ifdef SHORTCUTS
    return __builtin_ia32_roundpd256(a, 3);
#else
    for (int i = 0; i < LANES; i++) a[i] = __builtin_trunc(a[i]);
    return a;
#endif
}

#define MULTIPLY_ADD(a, b, c) (fuse ? fused(a, b, splat(c)) : (a) * (b) + (c))
#define MULTIPLY_ADD_LANE(a, b, c) (fuse ? fused(a, b, c) : (a) * (b) + (c))

static inline __attribute__((always_inline)) lane tanh_by(lane a, const int fuse) {
    const mask minus = (mask)splat(-0.0), one = (mask)splat(1.0);
    mask sign = (mask)a & minus;
    lane size = (lane)((mask)a ^ sign), twice = 2.0 * size;
    mask large = (mask)(size >= 1.0), sign_of_x = minus & ~large;

    /* m = expm1(x), x being 2 |a| where that is at least 2, else -2 |a|: x = k ln 2 + r, and c is what r lacks. */
    lane x = (lane)((mask)twice | sign_of_x);
    lane k = whole(0x1.71547652b82fep+0 * x + (lane)((mask)splat(0.5) | sign_of_x));
    k = pick((mask)(twice < 0x1.0a2b2p+0), splat(-1.0), k);
    k = (lane)((mask)k & (mask)(twice >= 0x1.62e43p-2));
    lane high = x - k * 0x1.62e42feep-1, low = k * 0x1.a39ef35793c76p-33;
    lane r = high - low, c = (high - r) - low;

    lane half = 0.5 * r, h = r * half, h2 = h * h;
    lane p1 = MULTIPLY_ADD(h, splat(-0x1.11111111110f4p-5), 1.0);
    lane p2 = MULTIPLY_ADD(h, splat(-0x1.4ce199eaadbb7p-14), 0x1.a01a019fe5585p-10);
    lane p3 = MULTIPLY_ADD(h, splat(-0x1.afdb76e09c32dp-23), 0x1.0cfca86e65239p-18);
    lane p = MULTIPLY_ADD_LANE(h2 * h2, p3, MULTIPLY_ADD_LANE(h2, p2, p1));
    lane t = MULTIPLY_ADD(-p, half, 3.0);
    lane e = h * ((p - t) / MULTIPLY_ADD(-r, t, 6.0));
    lane near = r - MULTIPLY_ADD_LANE(r, e, -h);
    e = MULTIPLY_ADD_LANE(r, e - c, -c) - h;

    mask power = (mask)(k + SHIFTER) << 52;
    lane up = (lane)(one + power), down = (lane)(one - power);
    lane m = ((1.0 - (lane)((mask)down & large)) - (e - r)) * up - (lane)(one & ~large);
    if (__builtin_expect(any((mask)(k >= 20.0)), 0)) {
        m = pick((mask)(k >= 20.0), ((r - (e + down)) + 1.0) * up, m);
        m = pick((mask)(k > 56.0), (1.0 - (e - r)) * up - 1.0, m);
    }
    m = pick((mask)(k == -1.0), 0.5 * (r - e) - 0.5, m);
    m = pick((mask)(k == 0.0), near, m);

    lane result = (lane)(one & large) - pick(large, splat(2.0), -m) / (m + 2.0);
    result = (lane)(((mask)result & ~minus) | sign);
    if (__builtin_expect(any((mask)(size >= 22.0) | (mask)(size < 0x1p-55)), 0)) {
        result = pick((mask)(size >= 22.0), (lane)(one | sign), result);
        result = pick((mask)(size < 0x1p-55), a * (1.0 + a), result);
    }
    return result;
}

static __attribute__((noinline)) lane tanh_plain(lane a) { return tanh_by(a, 0); }
#if defined(__FMA__) || defined(__aarch64__)
static __attribute__((noinline)) lane tanh_fused(lane a) { return tanh_by(a, 1); }
#else
#define tanh_fused tanh_plain
#endif

EACH(tanh, library_tanh)
static lane (*lane_tanh)(lane) = library_tanh;

/* The same pseudo-random numbers each time, in every stretch of tanh's domain. */
static int same_tanh(lane (*candidate)(lane)) {
    unsigned long long state = 88172645463325252ULL;
    for (long trial = 0; trial < TANH_TRIALS; trial += LANES) {
        double a[LANES], wanted[LANES], got[LANES];
        for (int i = 0; i < LANES; i++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            double u = (double)(state >> 11) * 0x1p-53;
            switch (trial / LANES % 4) {
            case 0: a[i] = 46.0 * u - 23.0; break;
            case 1: a[i] = 4.0 * u - 2.0; break;
            case 2: a[i] = u - 0.5; break;
            default: a[i] = ldexp(1.0 + u, -(int)(state % 60)); break;
            }
            wanted[i] = tanh(a[i]);
        }
        store(got, candidate(load(a)));
        if (memcmp(got, wanted, sizeof got)) return 0;
    }
    return 1;
}

/* 1 if tanh runs in lanes, 0 if it is the library's. */
int choose_tanh(void) {
    lane_tanh = library_tanh;
    if (same_tanh(tanh_plain))
        lane_tanh = tanh_plain;
    else if (same_tanh(tanh_fused))
        lane_tanh = tanh_fused;
    return lane_tanh != library_tanh;
}
