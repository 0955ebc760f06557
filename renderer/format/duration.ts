const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** An age in one unit, rounded down; seconds only under a minute: `26m`, `22h`, `6d`. */
export function formatAge(ms: number): string {
  const age = Math.max(0, ms)
  if (age < MINUTE) return `${Math.floor(age / SECOND)}s`
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`
  if (age < DAY) return `${Math.floor(age / HOUR)}h`
  return `${Math.floor(age / DAY)}d`
}

/** Time left or taken: `m:ss`, from one hour `h:mm:ss`. Parts of a second count as a whole one while time is left. */
export function formatClockSpan(ms: number, round: 'up' | 'down' = 'down'): string {
  const seconds = Math.max(0, round === 'up' ? Math.ceil(ms / SECOND) : Math.floor(ms / SECOND))
  const two = (part: number) => String(part).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** A configured duration in the largest units that say it exactly, at most two: `10 min`, `1 h 30 min`, `45 s`. */
export function formatDuration(ms: number): string {
  const parts = (
    [
      [Math.floor(ms / HOUR), 'h'],
      [Math.floor(ms / MINUTE) % 60, 'min'],
      [Math.floor(ms / SECOND) % 60, 's'],
    ] as const
  ).filter(([count]) => count > 0)
  if (parts.length === 0) return '0 s'
  return parts
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
