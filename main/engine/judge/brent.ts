export interface Bracket {
  readonly low: number
  readonly high: number
  readonly atLow: number
  readonly atHigh: number
}

const stepsMax = 1_000
const epsilon = 2.220_446_049_250_313e-16

/**
 * Where a function changes its sign, by Brent's method (MW-7).
 * @param tolerance how far off the answer may be
 */
export function brentRoot(of: (at: number) => number, bracket: Bracket, tolerance: number): number {
  let [a, fa, b, fb] = [bracket.low, bracket.atLow, bracket.high, bracket.atHigh]
  let [c, fc] = [a, fa]
  for (let step = 0; step <= stepsMax; step++) {
    const before = b - a
    if (Math.abs(fc) < Math.abs(fb)) {
      ;[a, b, c] = [b, c, b]
      ;[fa, fb, fc] = [fb, fc, fb]
    }
    const least = 2 * epsilon * Math.abs(b) + tolerance / 2
    const half = (c - b) / 2
    if (Math.abs(half) <= least || Math.abs(fb) <= Number.MIN_VALUE) return b
    const next = interpolated({ a, b, c, fa, fb, fc, before, least }) ?? half
    const move = Math.abs(next) >= least ? next : least * (next > 0 ? 1 : -1)
    ;[a, fa] = [b, fb]
    b += move
    fb = of(b)
    if (fb > 0 === fc > 0) [c, fc] = [a, fa]
  }
  return b
}

interface Points {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly fa: number
  readonly fb: number
  readonly fc: number
  readonly before: number
  readonly least: number
}

/** A step by a line through two points or a parabola through three; none when it would lead too far. */
function interpolated({ a, b, c, fa, fb, fc, before, least }: Points): number | undefined {
  if (Math.abs(before) < least || Math.abs(fa) <= Math.abs(fb)) return undefined
  const { p, q } = a === c ? linear({ b, c, fa, fb }) : quadratic({ a, b, c, fa, fb, fc })
  const [up, down] = p > 0 ? [p, -q] : [-p, q]
  const isShort = up < 0.75 * (c - b) * down - Math.abs(least * down) / 2 && up < Math.abs((before * down) / 2)
  return isShort ? up / down : undefined
}

function linear({ b, c, fa, fb }: Pick<Points, 'b' | 'c' | 'fa' | 'fb'>) {
  const share = fb / fa
  return { p: (c - b) * share, q: 1 - share }
}

function quadratic({ a, b, c, fa, fb, fc }: Omit<Points, 'before' | 'least'>) {
  const [ac, bc, ba] = [fa / fc, fb / fc, fb / fa]
  return { p: ba * ((c - b) * ac * (ac - bc) - (b - a) * (bc - 1)), q: (ac - 1) * (bc - 1) * (ba - 1) }
}
