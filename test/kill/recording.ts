import type { KubeObject } from '#api/meta.ts'
import { silentLog } from '#lib/log.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { openHistory } from '#main/history/store.ts'
import { systemClock } from '#main/system-clock.ts'

/**
 * `node test/kill/recording.ts FILE FIRST`: records versions of fifty Rollouts as fast as it can, numbered from FIRST on, and says on stdout
 * up to which number all is in the file. Runs until it is killed.
 */
const [, , path = '', first = '0'] = process.argv
const rollouts = 50
const history = openHistory({ path, clock: systemClock, log: silentLog })
const recorder = createObjectRecorder({ history, clock: systemClock })
recorder.complete('harbor', true, systemClock.now())

for (let number = Number(first); ; ) {
  for (let batch = 0; batch < 500; batch++, number++) {
    const name = `app-${number % rollouts}`
    const metadata = { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion: String(number) }
    const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, status: { number } }
    recorder.seen('harbor', 'rollouts', object as KubeObject, systemClock.now())
  }
  // Reading stores what waits.
  history.all('SELECT 1')
  process.stdout.write(`${number}\n`)
}
