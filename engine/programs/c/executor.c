/* Training, evaluation and the decision map around the generated `block`, `penalties` and `updates`.

   Examples of one class share a vector. A split is laid out in chunks from its last example to its first; within a
   chunk the vectors go class by class, and `slots` says where each example, from the chunk's last to its first, has its
   lane. What an example adds to each parameter's gradient is put down first and added up afterwards, so that the order
   of the sum is that of the examples. */

typedef struct {
    long examples, vectors, chunks;
    double *inputs;               /* for each vector INPUTS lanes */
    long *labels;                 /* for each vector */
    long *chunk_vectors, *chunk_examples; /* for each chunk */
    long *slots;                  /* for each example, last to first: LANES * vector + lane */
    long *classes;                /* for each example, last to first */
    double *losses, *outputs;     /* for each slot: its loss; for each vector OUTPUTS lanes */
} split;

static void run_vectors(const double *p, const split *s, int what) {
    for (long v = 0; v < s->vectors; v++)
        block(p, s->inputs + v * INPUTS * LANES, s->labels[v], what, s->outputs + v * OUTPUTS * LANES,
              s->losses + v * LANES, 0, 0.0);
}

static double mean_loss(const split *s) {
    double total = 0.0;
    for (long e = s->examples - 1; e >= 0; e--) total += s->losses[s->slots[e]];
    return total * (1.0 / (double)s->examples);
}

/* Eight sums at a time: each waits for its own last addition only. */
#define ABREAST 8
#define ADD(k) sum##k += part[k * STRIDE]

/* g += the contributions of each example, in the order of `slots`. */
static void add_up(double *g, const double *parts, const long *slots, long examples, long first) {
    for (long i = 0; i < PARAMETERS; i += ABREAST) {
        double sum0 = g[i], sum1 = g[i + 1], sum2 = g[i + 2], sum3 = g[i + 3];
        double sum4 = g[i + 4], sum5 = g[i + 5], sum6 = g[i + 6], sum7 = g[i + 7];
        for (long e = 0; e < examples; e++) {
            const double *part = parts + i * STRIDE + (slots[e] - first);
            for (int plane = 0; plane < PLANES; plane++, part += PADDED * STRIDE) {
                ADD(0), ADD(1), ADD(2), ADD(3);
                ADD(4), ADD(5), ADD(6), ADD(7);
            }
        }
        g[i] = sum0, g[i + 1] = sum1, g[i + 2] = sum2, g[i + 3] = sum3;
        g[i + 4] = sum4, g[i + 5] = sum5, g[i + 6] = sum6, g[i + 7] = sum7;
    }
}

/* The amount of each penalty that has a strength; what it adds to the gradient, the last one's first. */
static void add_penalties(const double *p, double *g, const double *strengths, double *amounts) {
    for (long i = PENALTIES - 1; i >= 0; i--)
        if (strengths[i] != 0.0) amounts[i] = penalties[i](p, g, strengths[i]);
}

static double with_amounts(double loss, const double *strengths, const double *amounts) {
    for (long i = 0; i < PENALTIES; i++)
        if (strengths[i] != 0.0) loss += amounts[i];
    return loss;
}

/* The mean loss, with the penalties; its gradient in g (PADDED numbers). */
double gradients(const double *p, const split *s, double *g, double *parts, const double *strengths) {
    double amounts[PENALTIES + 1], seed = 1.0 / (double)s->examples;
    for (long i = 0; i < PADDED; i++) g[i] = 0.0;
    add_penalties(p, g, strengths, amounts);
    long vector = 0, example = 0;
    for (long chunk = 0; chunk < s->chunks; chunk++) {
        long first = vector;
        for (; vector < first + s->chunk_vectors[chunk]; vector++)
            block(p, s->inputs + vector * INPUTS * LANES, s->labels[vector], GRADIENTS,
                  s->outputs + vector * OUTPUTS * LANES, s->losses + vector * LANES,
                  parts + (vector - first) * LANES, seed);
        add_up(g, parts, s->slots + example, s->chunk_examples[chunk], first * LANES);
        example += s->chunk_examples[chunk];
    }
    return with_amounts(mean_loss(s), strengths, amounts);
}

/* Lays out the `s->examples` numbers of `order`, or without one as many examples as they come; `examples` has the
   inputs and the class of each. */
void lay_out(const double *examples, const long *order, split *s) {
    s->vectors = s->chunks = 0;
    for (long done = 0; done < s->examples;) {
        long counts[LABELS] = {0}, next[LABELS], vectors = 0, end = done;
        for (; end < s->examples; end++) {
            long place = s->examples - 1 - end, example = order ? order[place] : place;
            long label = (long)examples[example * (INPUTS + 1) + INPUTS];
            if (counts[label] % LANES == 0 && vectors == STRIDE / LANES) break;
            vectors += counts[label]++ % LANES == 0;
            s->classes[end] = label;
        }
        long vector = s->vectors;
        for (long label = 0; label < LABELS; label++) {
            next[label] = LANES * vector;
            for (long filled = 0; filled < counts[label]; filled += LANES) s->labels[vector++] = label;
        }
        for (long e = done; e < end; e++) {
            long place = s->examples - 1 - e, example = order ? order[place] : place;
            long label = s->classes[e], slot = next[label]++;
            long lanes = --counts[label] ? 1 : LANES - slot % LANES; /* a class's last one fills its vector: a tenth faster */
            s->slots[e] = slot;
            for (long i = 0; i < INPUTS; i++)
                for (long lane = 0; lane < lanes; lane++)
                    s->inputs[(slot / LANES * INPUTS + i) * LANES + slot % LANES + lane] =
                        examples[example * (INPUTS + 1) + i];
        }
        s->chunk_vectors[s->chunks] = vector - s->vectors;
        s->chunk_examples[s->chunks++] = end - done;
        s->vectors = vector, done = end;
    }
}

/* What engine/batches.py says, for the batches of a run: the examples from the first to the last, and the order
   in which the present epoch deals them. */
typedef struct {
    long count, size, epoch;
    unsigned long long seed;
    const double *examples;       /* inputs and class of each */
    long *order;
} dealer;

static void shuffle(dealer *d, long epoch) {
    unsigned long long bits = d->seed + ((unsigned long long)epoch + 1) * 0x9E3779B97F4A7C15u;
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
    bits ^= bits >> 31;
    if (!bits) bits = 0x9E3779B97F4A7C15u;
    for (long i = 0; i < d->count; i++) d->order[i] = i;
    for (long last = d->count - 1; last > 0; last--) {
        bits ^= bits >> 12, bits ^= bits << 25, bits ^= bits >> 27;
        double random = (double)(bits * 0x2545F4914F6CDD1Du >> 40) / 16777216.0;
        long chosen = (long)(random * (double)(last + 1)), moved = d->order[last];
        d->order[last] = d->order[chosen], d->order[chosen] = moved;
    }
    d->epoch = epoch;
}

/* Lays out the batch of a step. */
static void deal(dealer *d, long step, split *batch) {
    long per_epoch = (d->count + d->size - 1) / d->size, first = step % per_epoch * d->size;
    if (step / per_epoch != d->epoch) shuffle(d, step / per_epoch);
    batch->examples = d->count - first < d->size ? d->count - first : d->size;
    lay_out(d->examples, d->order + first, batch);
}

/* What Optimizer.clip_factor of engine/optim.py says. */
static void clip(double *g, double max_norm) {
    double squares = 0.0;
    for (long i = 0; i < PARAMETERS; i++) squares += g[i] * g[i];
    double factor = max_norm / (sqrt(squares) + 1e-6);
    if (factor >= 1.0) return;
    for (long i = 0; i < PARAMETERS; i++) g[i] *= factor;
}

/* At most `steps` updates of an optimizer, `done` of them made before; the losses before each; how many were made.
   state: p and each slot of the optimizer, PADDED numbers each; the first of its settings is the learning rate, and
   with `rates` there is one for each step. With a `max_norm` above 0 gradients are clipped. With `batches`, `examples`
   is where the batch of each step is laid out, the first step being `start`. It ends early with the first step whose
   loss is not finite, if that is asked for. */
long train(long steps, long start, double done, int until_diverged, double *state, long rule, double *settings,
           const double *rates, double max_norm, const double *strengths, split *examples, dealer *batches,
           const split *val, double *train_losses, double *val_losses, double *g, double *parts) {
    for (long step = 0; step < steps; step++) {
        if (batches) deal(batches, start + step, examples);
        if (val) {
            run_vectors(state, val, ONLY_LOSSES);
            val_losses[step] = mean_loss(val);
        }
        train_losses[step] = gradients(state, examples, g, parts, strengths);
        if (rates) settings[0] = rates[step];
        if (max_norm > 0.0) clip(g, max_norm);
        updates[rule](state, g, done + (double)step + 1.0, settings);
        if (until_diverged && !__builtin_isfinite(train_losses[step])) return step + 1;
    }
    return steps;
}

static int is_right(const double *outputs, long label) {
    double top = outputs[0];
    long best = 0;
    for (int k = 0; k < OUTPUTS; k++) {
        if (__builtin_isnan(outputs[k * LANES])) return 0;
        if (outputs[k * LANES] > top) top = outputs[k * LANES], best = k;
    }
    return (OUTPUTS == 1 ? outputs[0] > 0.0 : best) == label;
}

/* The outputs and losses of a split, and `right`: how many of its examples are. Gives the mean loss. */
double evaluate(const double *p, const split *s, long *right) {
    run_vectors(p, s, ONLY_LOSSES);
    *right = 0;
    for (long e = 0; e < s->examples; e++) {
        long slot = s->slots[e];
        *right += is_right(s->outputs + slot / LANES * OUTPUTS * LANES + slot % LANES, s->classes[e]);
    }
    return mean_loss(s);
}

double with_penalty(double loss, const double *p, double *g, const double *strengths) {
    double amounts[PENALTIES + 1];
    add_penalties(p, g, strengths, amounts);
    return with_amounts(loss, strengths, amounts);
}

void outputs(const double *p, const split *s) { run_vectors(p, s, ONLY_OUTPUTS); }

/* Class and confidence of one point; NO_CLASS where an output is not a number. */
static void answer(const double *outputs, unsigned char *class, unsigned char *confidence) {
    double top = outputs[0], total = 0.0, guess = 1.0 / OUTPUTS;
    long best = 0;
    *class = 255, *confidence = 0;
    if (OUTPUTS == 1) {
        double size = __builtin_fabs(top);
        if (__builtin_isnan(top)) return;
        *class = top > 0.0;
        *confidence = (unsigned char)(int)(255.0 * (size < 1.0 ? size : 1.0));
        return;
    }
    for (int k = 1; k < OUTPUTS; k++)
        if (outputs[k * LANES] > top) top = outputs[k * LANES], best = k;
    for (int k = 0; k < OUTPUTS; k++) total += outputs[k * LANES] == top ? 1.0 : exp(outputs[k * LANES] - top);
    if (__builtin_isnan(total + top)) return;
    int sure = (int)(255.0 * (1.0 / total - guess) / (1.0 - guess));
    *class = (unsigned char)best;
    *confidence = (unsigned char)(sure < 0 ? 0 : sure);
}

/* Classes and confidence of every point of a grid: xs within ys, INPUTS being 2. */
void decision_map(const double *p, const double *xs, long columns, const double *ys, long rows,
                  unsigned char *classes, unsigned char *confidence) {
    double at[INPUTS * LANES], out[OUTPUTS * LANES];
    long cells = columns * rows;
    for (long first = 0; first < cells; first += LANES) {
        for (int i = 0; i < LANES; i++) {
            long cell = first + i < cells ? first + i : cells - 1;
            at[i] = xs[cell % columns], at[LANES + i] = ys[cell / columns];
        }
        block(p, at, 0, ONLY_OUTPUTS, out, 0, 0, 0.0);
        for (int i = 0; i < LANES && first + i < cells; i++) answer(out + i, classes + first + i, confidence + first + i);
    }
}
