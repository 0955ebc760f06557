import * as v from 'valibot'
import type { Measurement, Metric } from '#api/analysis.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { HttpCall } from '../http/http.ts'
import type { MeasureContext, Provider } from '../provider.ts'
import { failed } from '../query.ts'
import { optionalFlag, optionalText, readShape } from '../read-shape.ts'
import { scope, scopesFor } from './scopes.ts'

const block = v.looseObject({
  address: optionalText,
  application: optionalText,
  canaryConfigName: optionalText,
  metricsAccountName: optionalText,
  configurationAccountName: optionalText,
  storageAccountName: optionalText,
  threshold: v.looseObject({ pass: v.nullish(v.number(), 0), marginal: v.nullish(v.number(), 0) }),
  scopes: v.nullish(v.array(scope), []),
  lookback: optionalFlag,
})
type KayentaBlock = v.InferOutput<typeof block>

const resumeAfterMs = 15_000
const timeoutMs = 15_000

/** A canary execution that is begun, and asked for its score until it is complete; conditions are not looked at (PRV-801, ANA-704). */
export const kayenta: Provider = async (metric, context) => {
  const read = readShape(block, 'kayenta', metric.provider['kayenta'])
  if (!read.ok) return read
  return success({
    metadata: {},
    run: () => begin(metric, read.value, context),
    resume: (measurement) => resume(measurement, read.value, context),
    terminate: (measurement) => Promise.resolve(measurement),
    garbageCollect: () => Promise.resolve(success(undefined)),
  })
}

async function begin(metric: Metric, asked: KayentaBlock, context: MeasureContext): Promise<Measurement> {
  const { clock } = context
  const startedAt = formatSeconds(clock.now())
  const execution = await execute(metric, asked, context)
  if (!execution.ok) return failed({ startedAt }, execution.error, clock)
  return {
    phase: 'Running',
    startedAt,
    metadata: { canaryExecutionId: execution.value },
    resumeAt: formatSeconds(clock.now() + resumeAfterMs),
  }
}

async function execute(
  { interval = '' }: Metric,
  asked: KayentaBlock,
  context: MeasureContext,
): Promise<Outcome<string, string>> {
  const { clock, run } = context
  const window = { now: clock.now(), interval, lookback: asked.lookback, startedAt: run.status?.startedAt }
  const config = await findConfig(asked, context)
  if (!config.ok) return config
  const scopes = scopesFor(asked.scopes, window)
  if (!scopes.ok) return scopes
  const { pass, marginal } = asked.threshold
  const answer = await ask(
    executionCall(asked, config.value, { scopes: scopes.value, thresholds: { pass, marginal } }),
    context,
  )
  if (!answer.ok) return answer
  const id = memberOf(answer.value, ['canaryExecutionId'])
  return typeof id === 'string' && id !== '' ? success(id) : failure('Invalid canaryExecutionId')
}

const configs = v.nullish(v.array(v.looseObject({ id: optionalText, name: optionalText })), [])

/** PRV-802. The account of the storage stands where that of the configuration would, as in the reference. */
async function findConfig(
  { address, application, storageAccountName, canaryConfigName }: KayentaBlock,
  { http }: MeasureContext,
): Promise<Outcome<string, string>> {
  const url = `${address}/canaryConfig?application=${application}&configurationAccountName=${storageAccountName}`
  const answer = await http({ method: 'GET', url, timeoutMs })
  if (!answer.ok) return answer
  if (answer.value.status !== 200) return failure(`Invalid Response: HTTP ${answer.value.status}`)
  const decoded = decodeJson(answer.value.body)
  const read = decoded.ok ? readShape(configs, 'body', decoded.value) : decoded
  if (!read.ok) return read
  const found = read.value.find(({ name }) => name === canaryConfigName)
  return found === undefined ? failure('Canary config not found') : success(found.id)
}

/** PRV-803. */
function executionCall(asked: KayentaBlock, configId: string, body: object): HttpCall {
  const { address, application, metricsAccountName, configurationAccountName, storageAccountName } = asked
  const accounts = `metricsAccountName=${metricsAccountName}&configurationAccountName=${configurationAccountName}&storageAccountName=${storageAccountName}`
  return {
    method: 'POST',
    url: `${address}/canary/${configId}?application=${application}&${accounts}`,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify(body),
    timeoutMs,
  }
}

async function ask(call: HttpCall, { http }: MeasureContext): Promise<Outcome<unknown, string>> {
  const answer = await http(call)
  if (!answer.ok) return answer
  return answer.value.status === 200 ? decodeJson(answer.value.body) : failure('Invalid Response')
}

/** PRV-805. */
async function resume(
  measurement: Measurement,
  { address, threshold }: KayentaBlock,
  context: MeasureContext,
): Promise<Measurement> {
  const { clock } = context
  const url = `${address}/canary/${measurement.metadata?.['canaryExecutionId'] ?? ''}`
  const answer = await ask({ method: 'GET', url, timeoutMs }, context)
  if (!answer.ok) return failed(measurement, answer.error, clock)
  const complete = memberOf(answer.value, ['complete'])
  if (typeof complete !== 'boolean') return failed(measurement, 'Missing Complete Status', clock)
  if (!complete) return { ...measurement, phase: 'Running', resumeAt: formatSeconds(clock.now() + resumeAfterMs) }
  const judged = memberOf(answer.value, ['result', 'judgeResult', 'score', 'score'])
  if (typeof judged !== 'number') return failed(measurement, 'Missing Score', clock)
  const score = Math.trunc(judged)
  return { ...measurement, value: `${score}`, phase: phaseOf(score, threshold), finishedAt: formatSeconds(clock.now()) }
}

const phaseOf = (score: number, { pass, marginal }: KayentaBlock['threshold']): Measurement['phase'] =>
  score >= pass ? 'Successful' : score >= marginal ? 'Inconclusive' : 'Failed'

const member = v.record(v.string(), v.unknown())

/** What is at a path of nested objects; `undefined` when it breaks off. */
function memberOf(json: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => {
    const read = v.safeParse(member, at)
    return read.success && Object.hasOwn(read.output, name) ? read.output[name] : undefined
  }, json)
}
