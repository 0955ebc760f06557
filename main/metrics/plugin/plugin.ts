import * as v from 'valibot'
import type { Measurement, Metric } from '#api/analysis.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { MeasureContext, MetricSettings, Provider } from '../provider.ts'
import { failed } from '../query.ts'
import { readShape } from '../read-shape.ts'
import { readAnswer } from './answer.ts'
import type { Program, RunProgram } from './program.ts'

type Operation = 'run' | 'resume' | 'terminate'

/** The one key is the plugin's name (PRV-1301). */
const block = v.record(v.string(), v.unknown())

/**
 * Plugins of the reference are Go programs that speak gob, and come from a ConfigMap; neither is for us (PRV-1302, PRV-1305). Here a
 * plugin is a program that the settings of this machine list, run once per question with JSON in and out. It decides the phase
 * itself (ANA-704).
 */
export const plugin: Provider = async (metric, context) => {
  const read = readShape(block, 'plugin', metric.provider['plugin'])
  if (!read.ok) return read
  const [name] = Object.keys(read.value)
  if (name === undefined) return failure(`${cannotStart} no plugin found`)
  const program = programFor(name, context)
  if (!program.ok) return failure(`${cannotStart} unable to find plugin (${name}): ${program.error}`)
  const asked = { name, metric, context, ...program.value }
  return success({
    metadata: {},
    run: () => ask('run', { startedAt: formatSeconds(context.clock.now()) }, asked),
    resume: (measurement) => ask('resume', measurement, asked),
    terminate: (measurement) => ask('terminate', measurement, asked),
    garbageCollect: () => Promise.resolve(success(undefined)),
  })
}

/** PRV-1304. */
const cannotStart = 'failed to create plugin: unable to get metric plugin: unable to start plugin system:'

interface Runnable {
  readonly program: Program
  readonly runProgram: RunProgram
}

function programFor(name: string, { settings, runProgram }: MeasureContext): Outcome<Runnable, string> {
  const program = listedProgram(name, settings)
  if (program === undefined || runProgram === undefined)
    return failure(
      `no program for plugin ${name} is listed in the settings of this cluster. Argosy cannot run plugins of Argo Rollouts: list a program of your own, or leave this rollout to the controller in the cluster`,
    )
  return success({ program, runProgram })
}

const listedProgram = (name: string, { plugins = {} }: MetricSettings): Program | undefined =>
  Object.hasOwn(plugins, name) ? plugins[name] : undefined

/** Plugins that metrics need and nobody can run here: who drives their rollouts should not be replaced (PRV-1305). */
export const pluginsNotListed = (metrics: readonly Metric[], settings: MetricSettings): readonly string[] =>
  metrics.flatMap(({ provider }) => {
    const read = v.safeParse(block, provider['plugin'])
    const names = read.success ? Object.keys(read.output) : []
    return names.filter((name) => listedProgram(name, settings) === undefined)
  })

interface Asked extends Runnable {
  readonly name: string
  readonly metric: Metric
  readonly context: MeasureContext
}

async function ask(
  operation: Operation,
  before: Omit<Measurement, 'phase'>,
  { name, metric, context: { clock, run }, program, runProgram }: Asked,
): Promise<Measurement> {
  const { namespace, name: runName, uid } = run.metadata
  const request = {
    version: 1,
    operation,
    plugin: name,
    metric,
    run: { namespace, name: runName, uid },
    ...(operation !== 'run' && { measurement: before }),
  }
  const output = await runProgram(program, JSON.stringify(request))
  const answer = output.ok ? readAnswer(output.value, before, clock.now()) : output
  if (!answer.ok) return failed(before, `${capitalised[operation]} rpc call error: ${answer.error}`, clock)
  const measurement = answer.value
  return measurement.phase === 'Error'
    ? failed(measurement, `failed to ${operation} via plugin: ${measurement.message ?? ''}`, clock)
    : measurement
}

const capitalised: Readonly<Record<Operation, string>> = { run: 'Run', resume: 'Resume', terminate: 'Terminate' }
