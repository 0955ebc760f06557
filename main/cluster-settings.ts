import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { decodeJson } from '#lib/decode-json.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { codeOf } from '#main/cluster/classify-failure.ts'
import type { MetricSettings } from '#main/metrics/provider.ts'
import { readShape } from '#main/metrics/read-shape.ts'
import { freezes } from './freeze-shape.ts'

/** What people set for their clusters, by kubeconfig context: it is in the data folder. */
const fileName = 'clusters.json'
const sizeMax = 2 ** 20

const program = v.strictObject({
  path: v.string(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i)),
})
const metrics = v.strictObject({
  controllerNamespace: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  env: v.exactOptional(v.record(v.string(), v.string())),
  timeZone: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  plugins: v.exactOptional(v.record(v.string(), program)),
})
const traffic = v.strictObject({
  awsVerifyTargetGroups: v.exactOptional(v.boolean()),
  albTagKey: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  istioPrimary: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
})
const contexts = v.record(
  v.string(),
  v.looseObject({
    metrics: v.exactOptional(metrics),
    traffic: v.exactOptional(traffic),
    protected: v.exactOptional(v.boolean()),
    freezes: v.exactOptional(freezes),
  }),
)

type Written = v.InferOutput<typeof metrics>

/** How the traffic of one cluster is routed, as far as its objects do not say it. */
export interface TrafficSettings {
  /** AWS is asked whether weights and pods have arrived at its load balancers (ALB-17, SVC-20). */
  readonly awsVerifyTargetGroups: boolean
  /** The tag by which the load balancer controller says what a target group is for (FEA-3). */
  readonly albTagKey: string
  /** The context of the cluster that holds its Istio objects, where that is another one (IST-3). */
  readonly istioPrimary?: string
  /** Other contexts name this one as theirs. */
  readonly isIstioPrimary: boolean
}

export interface Where {
  /** The data folder. */
  readonly folder: string
  readonly log: Log
}

/**
 * How the metrics of one cluster are measured: what is set for its context, over `otherwise` (PRV-108, PRV-1502). Settings that
 * cannot be used are logged and left out, so that what needs them fails and says why.
 */
export function metricSettingsFor(context: string, otherwise: MetricSettings, { folder, log }: Where): MetricSettings {
  const read = readMetricSettings(folder, context)
  if (!read.ok) {
    log('error', 'the settings of clusters cannot be used', { context, cause: read.error })
    return otherwise
  }
  return { ...otherwise, ...read.value, env: { ...otherwise.env, ...read.value.env } }
}

export const usualTraffic: TrafficSettings = {
  awsVerifyTargetGroups: false,
  albTagKey: 'ingress.k8s.aws/resource',
  isIstioPrimary: false,
}

/** Settings that cannot be used are logged and left out. */
export function trafficSettingsFor(context: string, { folder, log }: Where): TrafficSettings {
  const read = readSettings(folder)
  if (!read.ok) log('error', 'the settings of clusters cannot be used', { context, cause: read.error })
  const all = read.ok ? read.value : {}
  const isIstioPrimary = Object.entries(all).some(
    ([other, { traffic }]) => other !== context && traffic?.istioPrimary === context,
  )
  return { ...usualTraffic, ...settingsOf(all, context).traffic, isIstioPrimary }
}

/**
 * What is set for the metrics of a context; nothing when there is no file.
 *
 * Failure  a sentence that says what to do. It holds no value out of the file, which has credentials.
 */
export function readMetricSettings(folder: string, context: string): Outcome<Written, string> {
  const read = readSettings(folder)
  return read.ok ? success(settingsOf(read.value, context).metrics ?? {}) : read
}

type Settings = v.InferOutput<typeof contexts>

const settingsOf = (all: Settings, context: string): Settings[string] =>
  (Object.hasOwn(all, context) ? all[context] : undefined) ?? {}

/** What is said of a context about what may be sent to it. */
export const railSettingsOf = (all: Settings, context: string) => {
  const { protected: isProtected, freezes: own = [] } = settingsOf(all, context)
  return { protected: isProtected, freezes: own }
}

export const readSettings = (folder: string): Outcome<Settings, string> =>
  readOwnJson(folder, { file: fileName, name: 'contexts', shape: contexts }, {})

interface OwnFile<Schema> {
  readonly file: string
  /** What the whole of it is called where a part of it is wrong. */
  readonly name: string
  readonly shape: Schema
}

/** A file of the data folder that nobody else may read; `none` when it is not there. */
export function readOwnJson<Schema extends v.GenericSchema>(
  folder: string,
  { file, name, shape }: OwnFile<Schema>,
  none: v.InferOutput<Schema>,
): Outcome<v.InferOutput<Schema>, string> {
  const path = join(folder, file)
  const text = readOwn(path)
  if (!text.ok) return text
  if (text.value === undefined) return success(none)
  const decoded = decodeJson(text.value)
  const read = decoded.ok ? readShape(shape, name, decoded.value) : decoded
  if (!read.ok) return failure(`${path} is not as it should be: ${read.error}`)
  return success(read.value)
}

const isAbsent = (code: string | undefined): boolean => code === 'ENOENT' || code === 'ENOTDIR'

/** It names credentials and programs, or says what may be sent: nobody else may read or change it. Windows keeps the data folder to its owner. */
function readOwn(path: string): Outcome<string | undefined, string> {
  try {
    const { mode, size } = statSync(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      return failure(`${path} can be read or changed by others. Run chmod 600 on it.`)
    if (size > sizeMax) return failure(`${path} is larger than 1 MiB.`)
    return success(readFileSync(path, 'utf8'))
  } catch (error) {
    return isAbsent(codeOf(error)) ? success(undefined) : failure(`${path} cannot be read (${codeOf(error)}).`)
  }
}
