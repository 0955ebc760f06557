import type { TroubleView } from '#contract/statistics-views.ts'
import { readMoment } from '../record-body.ts'
import type { History } from '../store.ts'
import type { Change } from './changes.ts'

/** The last changes that failed, newest first, with who and why. */
export function troublesOf(
  history: Pick<History, 'all'>,
  changes: readonly Change[],
  limit: number,
): readonly TroubleView[] {
  return changes
    .flatMap((change) => (change.failure === undefined || change.isReturn ? [] : [{ change, failure: change.failure }]))
    .toSorted((a, b) => b.failure.at - a.failure.at)
    .slice(0, limit)
    .map(({ change: { entry, isUnseen }, failure }) => {
      const { id, context, namespace, name, fromVersion, toVersion } = entry
      const { reason, actor } = failure.returnedBy?.entry ?? entry
      return {
        id,
        kind: failure.kind,
        ...{ context, namespace, name, fromVersion, toVersion },
        failedAt: failure.at,
        restoredAt: failure.restored?.at,
        reason: reason ?? (failure.kind === 'degraded' ? degradedBecause(history, id) : undefined),
        actor,
        metrics: metricsIn(history, id, entry.reason),
        isUnseen,
      }
    })
}

/** What the cluster said. */
function degradedBecause(history: Pick<History, 'all'>, id: string): string | undefined {
  const [row] = history.all(
    `SELECT body FROM moment WHERE runId = ? AND instr(body, '"status":"Degraded"') > 0 ORDER BY at LIMIT 1`,
    id,
  )
  const moment = readMoment(row?.['body'])
  return moment?.kind === 'status' && moment.message !== '' ? moment.message : undefined
}

const assessed = /metric "?([^"\s]+)"? assessed (?:Failed|Error|Inconclusive)/gi

/** As its analysis runs say it (ANA-1001), in events, statuses and the reason of an abort. */
function metricsIn(history: Pick<History, 'all'>, id: string, reason: string | undefined): readonly string[] {
  const rows = history.all(`SELECT body FROM moment WHERE runId = ? AND body LIKE '% assessed %' ORDER BY at`, id)
  const texts = rows.map(({ body }) => {
    const moment = readMoment(body)
    return moment?.kind === 'event' || moment?.kind === 'status' ? moment.message : ''
  })
  const found = [reason ?? '', ...texts].flatMap((text) =>
    [...text.matchAll(assessed)].map(([, metric]) => metric ?? ''),
  )
  return [...new Set(found)]
}
