import { type WindowKind, windowKinds } from './network.ts'
import type { Random } from './random.ts'

/** What goes wrong at one moment. `process` is 0 for the first, 1 for the second controller. */
export type Fault =
  | {
      readonly kind: 'window'
      readonly window: WindowKind
      readonly process: number
      readonly forMs: number
      readonly rate: number
    }
  | { readonly kind: 'cut'; readonly process: number; readonly forMs: number; readonly breaks: boolean }
  /** The API server forgets its history and every watch breaks: 410 and relist. */
  | { readonly kind: 'compaction' }
  | { readonly kind: 'sleep'; readonly process: number; readonly forMs: number }
  | { readonly kind: 'clockSet'; readonly process: number; readonly byMs: number }
  /** Dies after `writes` more writes, at once when 0; another process takes its place a while later. */
  | { readonly kind: 'crash'; readonly process: number; readonly writes: number; readonly restartsAfterMs: number }
  | { readonly kind: 'handOver'; readonly process: number; readonly backAfterMs: number }

export function drawFault(random: Random): Fault {
  const process = random.int(0, 1)
  const forMs = random.pick([1_000, 5_000, 12_000, 30_000])
  const kind = random.weighted({ window: 14, cut: 3, compaction: 2, sleep: 2, clockSet: 1, crash: 4, handOver: 3 })
  switch (kind) {
    case 'window':
      return { kind, window: random.pick(windowKinds), process, forMs, rate: random.pick([0.1, 0.4, 1]) }
    case 'cut':
      return { kind, process, forMs, breaks: random.chance(0.5) }
    case 'compaction':
      return { kind }
    case 'sleep':
      return { kind, process, forMs: random.pick([500, 2_000, 20_000, 600_000]) }
    case 'clockSet':
      return { kind, process, byMs: random.pick([-3_000, -300, 300, 3_000]) }
    case 'crash':
      return { kind, process, writes: random.int(0, 5), restartsAfterMs: random.pick([0, 3_000, 20_000]) }
    case 'handOver':
      return { kind, process, backAfterMs: random.pick([500, 5_000, 30_000]) }
  }
}

export function describeFault(fault: Fault): string {
  const { kind, ...details } = fault
  return `${kind} ${Object.entries(details)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')}`
}
