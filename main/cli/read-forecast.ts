import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { ForecastView } from '#contract/views.ts'
import type { PastRun } from '#engine/forecast/past-runs.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { historyFiles } from '#main/data-folder.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

export interface ReadForecast {
  readonly rollout: Rollout
  readonly forecast: ForecastView
}

/** Reads a Rollout and all around it, and plays it forward. What is usual comes from the history of this machine, if there is one. */
export async function readForecast(
  target: Target,
  name: string,
  { folder, io }: { readonly folder: string; readonly io: CliIo },
): Promise<Outcome<ReadForecast, Failure>> {
  const { client, namespace, context } = target
  const { readAround } = await import('#main/controller/read-around.ts')
  const { forecastView } = await import('#main/controller/forecast-view.ts')
  const read = await client.get(resources.rollouts, { namespace, name })
  if (!read.ok) return read
  const around = await readAround(client, read.value as Rollout)
  if (!around.ok) return around
  const pastRuns = await pastRunsIn(folder, rolloutKey({ context, namespace, name }), io)
  const now = io.clock.now() + (client.clockOffsetMs ?? 0)
  const forecast = forecastView({ world: around.value, now, pastRuns, stepEnds: new Map() })
  return success({ rollout: around.value.rollout, forecast })
}

/** A history that cannot be read is none: what is usual is then not said. */
async function pastRunsIn(folder: string, key: string, { clock }: CliIo): Promise<readonly PastRun[]> {
  const path = join(folder, historyFiles.clusters)
  if (!existsSync(path)) return []
  const { readHistory } = await import('#main/history/store.ts')
  const { pastRuns } = await import('#main/history/past-runs.ts')
  const opened = readHistory({ path, clock, log: silentLog })
  if (!opened.ok) return []
  const runs = pastRuns(opened.value, key)
  opened.value.close()
  return runs
}
