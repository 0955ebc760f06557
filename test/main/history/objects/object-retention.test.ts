import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { silentLog } from '#lib/log.ts'
import { openDatabase } from '#main/history/database.ts'
import { objectAt, recordedObjects } from '#main/history/objects/object-reader.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { pruneObjects } from '#main/history/objects/object-retention.ts'
import { openHistory } from '#main/history/store.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const day = 24 * 3_600_000

it('removes what was gone, and what others had followed; what an object was at that time stays', async () => {
  const path = aHistoryPath()
  const clock = new VirtualClock()
  const history = openHistory({ path, clock, log: silentLog })
  const recorder = createObjectRecorder({ history, clock })
  const anObject = (name: string, number: number) =>
    ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { namespace: 'shop', name, uid: name, resourceVersion: String(number) },
      status: { number },
    }) as KubeObject
  recorder.seen('eu', 'rollouts', anObject('short', 1), clock.now())
  await clock.advance(day)
  recorder.gone('eu', 'rollouts', anObject('short', 1), clock.now())
  for (let number = 1; number <= 200; number++) {
    recorder.seen('eu', 'rollouts', anObject('long', number), clock.now())
    await clock.advance(3_600_000)
  }
  history.all('SELECT 1')
  const countOf = () => Number(history.all('SELECT count(*) AS count FROM pack')[0]?.['count'])
  const before = countOf()
  const opened = openDatabase(path, { mode: 'append', maxBytes: 2 ** 30 })
  if (!opened.ok) throw new Error(opened.error.message)
  const cutoff = T0 + 7 * day
  for (let isMore = true; isMore; ) opened.value.transaction(() => void (isMore = pruneObjects(opened.value, cutoff)))
  opened.value.close()

  const found = recordedObjects(history, { context: 'eu', kind: 'rollouts' })
  expect(found.map(({ name }) => name)).toEqual(['long'])
  expect(countOf()).toBeLessThan(before)
  const numberAt = (at: number) =>
    (objectAt(history, found[0]?.id ?? 0, at) as { readonly status?: { readonly number: number } } | undefined)?.status
      ?.number
  expect([numberAt(T0 + day + 1), numberAt(cutoff), numberAt(clock.now())]).toEqual([undefined, 145, 200])
  history.close()
})
