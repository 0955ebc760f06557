const suffixes = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
] as const

/** A measured number in four digits at most: `0.9912`, `241`, `12.3k`, `1.2e-7`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(1)
  const [unit, suffix] = suffixes.find(([least]) => size >= least) ?? [1, '']
  const scale = suffix === 'k' ? 1000 : unit
  return `${Number((value / scale).toPrecision(4))}${suffix}`
}
