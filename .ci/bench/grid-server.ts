import { fileURLToPath } from 'node:url'
import { type Channel, type Handlers, requests } from '#contract/requests.ts'
import { type Publishers, streams } from '#contract/streams.ts'
import type { FleetPatch, RolloutView } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { createDispatcher } from '#main/ipc/serve.ts'
import { startWebHost } from '#main/serve/web-host.ts'
import { systemClock } from '#main/system-clock.ts'
import { createFixtureBridge } from '#test/support/fixture-bridge.ts'
import { type GridShape, gridFleet } from './grid-fleet.ts'
import { preciseNow } from './processes.ts'

/*
 * The window's real server over a made-up fleet, in a process of its own. It says where it listens, then changes rollouts on
 * request: all of the named applications first, others until `size` are changed.
 */

export interface GridPatch {
  /** `namespace/name`. */
  readonly rows: readonly string[]
  readonly size: number
  readonly version: string
}

const now = Date.now()
const { clusters, rollouts } = gridFleet(process.argv[2] as GridShape, now)
const fixture = createFixtureBridge('noContexts', now)
const views = new Map(rollouts.map((view) => [view.key, view]))
const windows = new Set<(patch: FleetPatch) => void>()
let seq = 1

const answers: Handlers = {
  ...(Object.fromEntries(
    (Object.keys(requests) as Channel[]).map((channel) => [channel, (input: never) => fixture.call(channel, input)]),
  ) as unknown as Handlers),
  'fleet.snapshot': async () => ({ seq, rollouts: Object.fromEntries(views) }),
  'clusters.list': async () => clusters,
}

const silent = () => () => {}
const publishers: Publishers = {
  ...(Object.fromEntries(Object.keys(streams).map((stream) => [stream, silent])) as unknown as Publishers),
  'fleet.patch': (_topic, send) => {
    windows.add(send)
    return () => void windows.delete(send)
  },
}

const host = await startWebHost({
  dispatcher: createDispatcher({
    handlers: answers,
    publishers,
    log: silentLog,
    clock: systemClock,
  }),
  rendererFolder: fileURLToPath(new URL('../../out/renderer', import.meta.url)),
  port: 0,
  clock: systemClock,
  log: silentLog,
})
if (!host.ok) throw new Error(host.error.message)

function change({ rows, size, version }: GridPatch): FleetPatch {
  const wanted = new Set(rows)
  const isNamed = ({ namespace, name }: RolloutView) => wanted.has(`${namespace}/${name}`)
  const all = [...views.values()]
  const chosen = [...all.filter(isNamed), ...all.filter((view) => !isNamed(view))].slice(0, size)
  const changed = chosen.map((view): RolloutView => ({ ...view, version, stableVersion: version, since: Date.now() }))
  for (const view of changed) views.set(view.key, view)
  seq += 1
  return { seq, upserted: Object.fromEntries(changed.map((view) => [view.key, view])), removed: [] }
}

process.on('message', (request) => {
  const patch = change(request as GridPatch)
  const sentAt = preciseNow()
  for (const send of windows) send(patch)
  process.send?.({ sentAt })
})
process.on('disconnect', () => process.exit())
process.send?.({ url: host.value.url() })
