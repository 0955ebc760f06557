import * as v from 'valibot'
import { type FleetPlan, fleetPlanSchema } from '#engine/fleet-plan/document.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { readShape } from '#main/metrics/read-shape.ts'

const text = v.pipe(v.string(), v.minLength(1))
const time = v.pipe(v.number(), v.finite())
const duration = v.pipe(time, v.minValue(0))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const amount = v.union([count, v.pipe(v.string(), v.regex(/^\d+%$/))])
const labels = v.record(v.string(), v.string())

const change = v.variant('kind', [
  v.strictObject({ kind: v.literal('gate') }),
  v.strictObject({ kind: v.literal('setImage'), images: v.array(v.strictObject({ container: text, image: text })) }),
  v.strictObject({ kind: v.literal('undo'), toRevision: v.exactOptional(count) }),
])
const member = v.strictObject({
  id: text,
  context: text,
  namespace: text,
  rollout: text,
  labels,
  trafficShare: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  priorHash: v.string(),
  late: v.exactOptional(v.literal(true)),
})
const select = v.variant('kind', [
  v.strictObject({ kind: v.literal('names'), contexts: v.array(text) }),
  v.strictObject({ kind: v.literal('labels'), matchLabels: labels }),
  v.strictObject({ kind: v.literal('rest') }),
  v.strictObject({ kind: v.literal('late') }),
])
/** What measures the members of a wave, as a Rollout names its analyses. */
export const analysisShape = v.strictObject({
  templates: v.exactOptional(
    v.array(v.strictObject({ templateName: text, clusterScope: v.exactOptional(v.boolean()) })),
  ),
  args: v.exactOptional(
    v.array(
      v.strictObject({
        name: text,
        value: v.exactOptional(v.string()),
        valueFrom: v.exactOptional(
          v.strictObject({
            podTemplateHashValue: v.exactOptional(v.picklist(['Latest', 'Stable'])),
            fieldRef: v.exactOptional(v.strictObject({ fieldPath: text })),
          }),
        ),
      }),
    ),
  ),
})
const wave = v.strictObject({
  name: text,
  select,
  pilot: v.boolean(),
  maxConcurrent: amount,
  order: v.picklist(['listed', 'smallestTrafficFirst', 'name']),
  sync: v.picklist(['none', 'step']),
  minSoakMs: duration,
  firstSoakMs: duration,
  minEvidence: v.array(v.strictObject({ metric: text, minCount: count })),
  analysis: v.exactOptional(analysisShape),
  maxEvidenceGapMs: duration,
  waveSoakMs: duration,
  gate: v.picklist(['none', 'manual', 'analysis', 'fleetVerdict']),
  deadlineMs: v.exactOptional(duration),
  maxFailures: amount,
  maxUnreachable: amount,
})
const window = v.strictObject({
  kind: v.picklist(['allow', 'deny']),
  rrule: text,
  timeZone: text,
  durationMs: duration,
  reason: v.exactOptional(text),
})
const spec = v.strictObject({
  home: v.strictObject({ context: text, namespace: text }),
  change,
  members: v.array(member),
  joinPolicy: v.exactOptional(v.picklist(['ignore', 'catchUp'])),
  waves: v.array(wave),
  unreachable: v.picklist(['wait', 'skip', 'fail']),
  unreachableAfterMs: duration,
  onBreach: v.picklist(['hold', 'abortInFlight', 'rollbackWave', 'rollbackAll']),
  rollback: v.strictObject({ maxConcurrent: amount, order: v.picklist(['reverse', 'listed']) }),
  windows: v.exactOptional(v.array(window)),
  approvals: v.exactOptional(v.strictObject({ count, by: v.exactOptional(v.array(text)) })),
  parking: v.exactOptional(v.picklist(['freeze', 'abort', 'requireInClusterController'])),
  intentTtlMs: duration,
  maxTrafficShare: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  maxClustersUnproven: v.exactOptional(count),
  maxErrorBudgetMinutes: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  holdOnCorrelatedFailure: v.boolean(),
})

const soak = v.strictObject({ provenMs: duration, seenAt: time })
const memberStatus = v.strictObject({
  state: v.picklist([
    'Pending',
    'Admitting',
    'Applying',
    'Progressing',
    'AtGate',
    'Soaking',
    'Succeeded',
    'Failed',
    'TimedOut',
    'Refused',
    'RollingBack',
    'RolledBack',
    'RollbackFailed',
    'Skipped',
    'Superseded',
  ]),
  since: time,
  reason: v.exactOptional(v.string()),
  metric: v.exactOptional(v.string()),
  isOldFailure: v.exactOptional(v.literal(true)),
  wasAway: v.exactOptional(v.literal(true)),
  targetHash: v.exactOptional(text),
  startedAt: v.exactOptional(time),
  soak: v.exactOptional(soak),
  exposure: v.exactOptional(
    v.strictObject({
      lostMs: duration,
      weighedMs: v.exactOptional(duration),
      riskMs: duration,
      seenAt: time,
      share: duration,
      most: duration,
    }),
  ),
  gate: v.exactOptional(count),
  abortedAt: v.exactOptional(time),
  parked: v.exactOptional(v.literal(true)),
  retry: v.exactOptional(v.strictObject({ of: time, resumeAt: v.exactOptional(count) })),
  sent: v.exactOptional(
    v.strictObject({
      kind: v.picklist([
        'mark',
        'setImage',
        'undo',
        'promote',
        'abort',
        'rollback',
        'promoteFull',
        'stop',
        'release',
        'retry',
        'jump',
      ]),
      at: time,
      resourceVersion: v.string(),
    }),
  ),
})
const home = v.strictObject({ context: text, namespace: text })
const phase = v.picklist(['Ready', 'Running', 'Completed', 'RollingBack', 'RolledBack', 'Aborted', 'Superseded'])
const status = v.strictObject({
  phase,
  moved: v.exactOptional(
    v.strictObject({
      from: home,
      epoch: count,
      by: text,
      at: time,
      reason: text,
      isClaimed: v.exactOptional(v.literal(true)),
      isOldMarked: v.exactOptional(v.literal(true)),
    }),
  ),
  movedTo: v.exactOptional(v.strictObject({ ...home.entries, epoch: count, phase })),
  since: time,
  epoch: count,
  holds: v.array(
    v.strictObject({
      reason: v.picklist([
        'Manual',
        'Window',
        'Budget',
        'Unreachable',
        'LeaseLost',
        'EvidenceGap',
        'Cap',
        'ControllerConflict',
      ]),
      since: time,
      text: v.string(),
      by: text,
      stopsLine: v.exactOptional(v.literal(true)),
      until: v.exactOptional(time),
    }),
  ),
  members: v.record(v.string(), memberStatus),
  waves: v.array(
    v.strictObject({
      state: v.picklist(['Waiting', 'Active', 'WaveSoak', 'Gate', 'Passed', 'Breached']),
      since: time,
      soak: v.exactOptional(soak),
      opened: v.exactOptional(v.strictObject({ by: text, at: time, reason: text })),
    }),
  ),
  target: v.exactOptional(v.array(v.string())),
  approvals: v.exactOptional(v.array(v.strictObject({ by: text, at: time, reason: text }))),
  readAfter: v.exactOptional(time),
  rollback: v.exactOptional(
    v.strictObject({ scope: v.picklist(['inFlight', 'wave', 'all']), wave: count, since: time, by: text }),
  ),
})

const plan = v.strictObject({
  schema: v.literal(fleetPlanSchema),
  id: text,
  name: text,
  createdBy: text,
  createdAt: time,
  spec,
  status,
})

/** A plan as it was stored. Failure: where it is not as it should be, in a sentence; whoever wrote it may be anybody. */
export function parsePlan(json: string): Outcome<FleetPlan, string> {
  const decoded = decodeJson(json)
  if (!decoded.ok) return failure(decoded.error)
  const read = readShape(plan, 'plan', decoded.value)
  return read.ok ? success(read.value as FleetPlan) : read
}
