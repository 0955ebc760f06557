import type { KubeObject } from '#api/meta.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { HistoryRow } from '#main/history/history-row.ts'
import type { ObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { searchText } from '#main/history/reader.ts'
import { writeBody } from '#main/history/record-body.ts'
import type { History } from '#main/history/store.ts'
import type { SeenVersion } from './recorded-release.ts'

const rollouts = 1000
const clusters = 10

export interface Told {
  readonly release: readonly SeenVersion[]
  readonly index: number
  readonly begin: number
}

/** Of the release with this number. */
export const contextOf = (index: number): string => `harbor-${(index % rollouts) % clusters}`
export const nameOf = (index: number): string => `app-${index % rollouts}`
export const runId = (index: number): string => `run-${index}`

/** One release of one rollout, as its changes would come. @returns ms that writing took */
export function writeRelease(archive: History, recorder: ObjectRecorder, { release, index, begin }: Told): number {
  const objects = release.map((seen, place) => ({ ...seen, object: instance(seen.object, index, place) }))
  const rows = runRows(index, begin)
  const started = performance.now()
  for (const { kind, object, afterMs, isGone } of objects) {
    if (isGone) recorder.gone(contextOf(index), kind, object, begin + afterMs)
    else recorder.seen(contextOf(index), kind, object, begin + afterMs)
  }
  archive.add(rows)
  archive.all('SELECT 1')
  return performance.now() - started
}

function instance(object: KubeObject, index: number, place: number): KubeObject {
  const text = JSON.stringify(object)
    .replaceAll('"uid-web"', `"uid-${nameOf(index)}"`)
    .replaceAll('uid-web-', `uid-${index}-`)
    .replaceAll('"uid-run"', `"uid-run-${index}"`)
    .replaceAll('"event-', `"event-${index}-`)
    .replaceAll('"web', `"${nameOf(index)}`)
  const made = JSON.parse(text) as KubeObject
  return { ...made, metadata: { ...made.metadata, resourceVersion: `${index}.${place}` } }
}

const outcomes = ['Completed', 'Completed', 'Completed', 'Aborted'] as const

function runRows(index: number, startedAt: number): readonly HistoryRow[] {
  const [context, name] = [contextOf(index), nameOf(index)]
  const key = rolloutKey({ context, namespace: 'shop', name })
  const entry = {
    id: runId(index),
    key,
    context,
    namespace: 'shop',
    name,
    strategy: 'canary' as const,
    fromVersion: `1.${index}.0`,
    toVersion: `1.${index + 1}.0`,
    revision: index,
    outcome: outcomes[index % outcomes.length] ?? 'Completed',
    startedAt,
    endedAt: startedAt + 700_000,
    reason: index % 4 === 3 ? 'metric latency-p99 assessed Failed' : undefined,
    actor: 'release-bot',
  }
  const said = `scaledupreplicaset web-${index} rolloutstepcompleted analysisrunsuccessful canary weight stable promoted pods`
  const run = {
    entry,
    uid: `uid-${name}`,
    podHash: `hash-${index}`,
    fromRevision: index - 1,
    seenAt: startedAt,
    words: said,
  }
  const moments = Array.from({ length: 60 }, (_, place): HistoryRow => {
    const at = startedAt + place * 10_000
    const body = writeBody({
      at,
      who: 'engine',
      kind: 'event',
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled up ReplicaSet ${name}-${place} from ${place} to ${place + 1}`,
      count: 1,
    })
    return { table: 'moment', runId: entry.id, at, body }
  })
  return [
    { table: 'run', id: entry.id, key, startedAt, search: `${searchText(entry)}\n${said}`, body: writeBody(run) },
    ...moments,
  ]
}
