import type { Input, Output } from '#contract/requests.ts'
import type { TroubleView } from '#contract/statistics-views.ts'
import type { HistoryOutcome } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { success } from '#lib/outcome.ts'
import { type Change, changesOf } from '#main/history/statistics/changes.ts'
import { figuresBy } from '#main/history/statistics/figures-by.ts'
import type { PastUpdate } from '#main/history/statistics/past-update.ts'
import { aPastUpdate, minute } from './builders/past-update.ts'
import type { Scene } from './fixture-bridge.ts'
import { foundBy } from './fixture-search.ts'
import { T0 } from './virtual-clock.ts'

const apps = ['checkout-api', 'payments-gw', 'search-index', 'cart', 'media-encoder', 'ledger'] as const
const clusters = ['canary-eu', 'prod-eu-west', 'prod-us-east', 'prod-ap-south'] as const
const outcomes: readonly HistoryOutcome[] = [
  'Completed',
  'Completed',
  'Completed',
  'Aborted',
  'Completed',
  'RolledBack',
]
const day = 24 * 60

/** Ninety days of releases, each in one cluster after the other; the same every time. */
function pastUpdates(now: EpochMs, prefix: string): readonly PastUpdate[] {
  const latest = (now - T0) / minute
  return Array.from({ length: 75 }, (_, index) => index).flatMap((index) =>
    clusters.slice(0, 1 + (index % clusters.length)).map((context, place): PastUpdate => {
      const name = apps[(index * 5) % apps.length] ?? 'cart'
      const from = latest - (76 - index) * (88 / 75) * day + place * 70
      const took = 8 + ((index * 7 + place * 3) % 40)
      const isLast = index === 74
      const outcome = isLast
        ? 'Running'
        : (outcomes[(Math.floor(index / 6) * 5 + index + place) % outcomes.length] ?? 'Completed')
      const isBad = outcome === 'Aborted' || outcome === 'RolledBack'
      return aPastUpdate({
        from,
        ...(isLast ? {} : { to: from + took }),
        versions: `2.${index}.0 2.${index + 1}.0`,
        isUnseen: index % 17 === 3,
        degradedAt: index % 13 === 5 ? T0 + (from + 5) * minute : undefined,
        entry: {
          id: `h-${index}-${place}`,
          name: `${prefix}${name}`,
          context: `${context}${prefix === '' ? '' : `-${prefix.repeat(2)}`}`,
          outcome,
          reason: isBad ? 'Metric "latency-p99" assessed Failed due to failed (3) > failureLimit (2)' : undefined,
          actor: outcome === 'RolledBack' ? 'm.ortega' : undefined,
        },
      })
    }),
  )
}

export async function statisticsAnswer(
  { filter, since, bucket, troubles }: Input<'history.statistics'>,
  scene: Scene,
  now: EpochMs,
): Promise<Output<'history.statistics'>> {
  if (scene === 'silent') return new Promise(() => undefined)
  const updates =
    scene === 'noContexts' ? [] : pastUpdates(now, scene === 'long' ? 'reconciliation-and-settlement-' : '')
  const all = changesOf(updates).toSorted((a, b) => b.entry.startedAt - a.entry.startedAt)
  const found = foundBy(
    { filter, limit: all.length },
    all.map((change) => ({ ...change.entry, change })),
    now,
  )
  if (!found.ok) return found
  const changes = found.value.map(({ change }) => change).filter(({ entry }) => (entry.endedAt ?? now) >= since)
  return success({
    ...figuresBy(changes, { since, until: now, bucket }),
    troubles: troublesIn(changes).slice(0, troubles),
  })
}

const troublesIn = (changes: readonly Change[]): readonly TroubleView[] =>
  changes
    .flatMap(({ entry, failure, isUnseen }): readonly TroubleView[] => {
      if (failure === undefined) return []
      const { id, context, namespace, name, fromVersion, toVersion, reason, actor } = entry
      const metrics = reason === undefined ? [] : ['latency-p99']
      const why = { failedAt: failure.at, restoredAt: failure.restored?.at, reason, actor, metrics, isUnseen }
      return [{ id, kind: failure.kind, context, namespace, name, fromVersion, toVersion, ...why }]
    })
    .toSorted((a, b) => b.failedAt - a.failedAt)
