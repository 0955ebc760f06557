import { expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { diffRevisions } from '#main/app/diff-revisions.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const key = rolloutKey({ context: 'eu', namespace: 'shop', name: 'web' })

it('ACT-101: templates of revisions that the cluster no longer has are compared from the local history', () => {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const recorder = createRecorder({ history, clock, log: silentLog })
  const captured = [1, 2].map((revision) => ({
    revision,
    template: aPodTemplate(`web:${revision}`),
    version: `${revision}`,
  }))
  recorder.capture(key, 'uid-web', captured)
  const sources = { fleet: createFleetSource({ clock }), history }
  const diff = diffRevisions(sources, { key, revision: 1 }, { key, revision: 2 })
  expect(diff).toMatchObject({
    ok: true,
    value: {
      left: { revision: 1, capturedAt: clock.now() },
      summary: [{ group: 'image', before: '1', after: '2' }],
    },
  })
  expect(diffRevisions(sources, { key, revision: 1 }, { key, revision: 9 })).toMatchObject({
    ok: false,
    error: { kind: 'NotFound', name: '9' },
  })
  sources.fleet.stop()
  recorder.stop()
})
