import * as v from 'valibot'
import { type Document, LineCounter, parseDocument } from 'yaml'
import type {
  Amount,
  FleetPlanSpec,
  PlanMember,
  PlannedChange,
  PlanWave,
  PlanWindow,
  WaveSelector,
} from '#engine/fleet-plan/document.ts'
import type { PlanFault } from '#engine/fleet-plan/validate.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { analysisShape } from './plan-schema.ts'
import { usual } from './usual-plan.ts'

/** A plan as a person writes it: what its clusters say is not known yet. */
export interface PlanFile {
  readonly name: string
  readonly spec: Omit<FleetPlanSpec, 'members'> & { readonly members: readonly WrittenMember[] }
}

export type WrittenMember = Omit<PlanMember, 'trafficShare' | 'priorHash'> & { readonly trafficShare?: number }

/** A fault and the line of the text, the first is 1. */
export interface FileFault extends PlanFault {
  readonly line: number | undefined
}

/** What a text says, read; where each field of it is. */
export interface ReadPlanFile {
  readonly file: Outcome<PlanFile, readonly FileFault[]>
  /** The fault at the line of its field, or of the nearest one around it that is there. */
  locate(fault: PlanFault): FileFault
}

const text = (what: string) => v.pipe(v.string(`Write ${what}.`), v.trim(), v.minLength(1, `Write ${what}.`))
const timeWords = 'Give a time such as 30s, 10m or 2h.'
const time = v.pipe(
  v.union([v.string(), v.literal(0)], timeWords),
  v.transform((written) => parseGoDuration(String(written))),
  v.check((read) => read.ok && read.value >= 0, timeWords),
  v.transform((read) => (read.ok ? read.value : 0)),
)
const deadline = v.union(
  [
    time,
    v.pipe(
      v.literal('none'),
      v.transform(() => undefined),
    ),
  ],
  'Give a time such as 2h, or none.',
)
const amountWords = 'Give a whole number from 0 on, or percent: 2, 25%.'
const amount = v.union(
  [
    v.pipe(v.number(), v.integer(amountWords), v.minValue(0, amountWords)),
    v.pipe(
      v.string(),
      v.regex(/^\d+%$/, amountWords),
      v.transform((each) => each as Amount),
    ),
  ],
  amountWords,
)
const count = v.pipe(
  v.number('Give a whole number.'),
  v.integer('Give a whole number.'),
  v.minValue(0, 'Give a whole number from 0 on.'),
)
const percent = v.pipe(v.number('Give 0 to 100.'), v.minValue(0, 'Give 0 to 100.'), v.maxValue(100, 'Give 0 to 100.'))
const flag = v.boolean('Write true or false.')
const oneOf = <const T extends readonly string[]>(words: T) => v.picklist(words, `Write one of ${words.join(', ')}.`)
const strings = (what: string) =>
  v.record(v.string(), v.string(`Write ${what} in quotes.`), `Write ${what} as key: value.`)
const list = <T extends v.GenericSchema>(item: T, what: string) =>
  v.array(item, `Write a list of ${what}, each after a "-".`)

const change = v.pipe(
  v.strictObject(
    {
      setImage: v.exactOptional(strings('the image')),
      undo: v.exactOptional(
        v.strictObject({ toRevision: v.exactOptional(count) }, 'Write toRevision: 3, or {} for the one before.'),
      ),
      gate: v.exactOptional(v.strictObject({}, 'Write gate: {}.')),
    },
    'Write setImage, undo or gate.',
  ),
  v.check((written) => Object.keys(written).length === 1, 'Write exactly one of setImage, undo or gate.'),
  v.transform(({ setImage, undo }): PlannedChange => {
    if (setImage !== undefined)
      return { kind: 'setImage', images: Object.entries(setImage).map(([container, image]) => ({ container, image })) }
    return undo === undefined ? { kind: 'gate' } : { kind: 'undo', ...undo }
  }),
)

const member = v.pipe(
  v.strictObject(
    {
      context: text('the context of its cluster'),
      namespace: text('its namespace'),
      rollout: text('the name of the Rollout'),
      labels: v.optional(strings('the label'), {}),
      trafficShare: v.exactOptional(percent),
    },
    'Write context, namespace and rollout.',
  ),
  v.transform((written): WrittenMember => ({ id: memberId(written), ...written })),
)

/** Unique in a plan. */
export const memberId = ({
  context,
  namespace,
  rollout,
}: Pick<PlanMember, 'context' | 'namespace' | 'rollout'>): string => `${context}/${namespace}/${rollout}`

const select = v.pipe(
  v.strictObject(
    {
      contexts: v.exactOptional(list(text('a context'), 'contexts')),
      matchLabels: v.exactOptional(strings('the label')),
      late: v.exactOptional(v.literal(true, 'Write late: true, or remove it.')),
    },
    'Write contexts, matchLabels or late: true; leave select out for all that are left.',
  ),
  v.check((written) => Object.keys(written).length === 1, 'Write one of contexts, matchLabels and late: true.'),
  v.transform(({ contexts, matchLabels, late }): WaveSelector => {
    if (late === true) return { kind: 'late' }
    return contexts === undefined ? { kind: 'labels', matchLabels: matchLabels ?? {} } : { kind: 'names', contexts }
  }),
)

const wave = v.pipe(
  v.strictObject(
    {
      name: text('the name of the wave'),
      select: v.optional(select, undefined),
      pilot: v.optional(flag, usual.pilot),
      maxConcurrent: v.optional(amount, usual.maxConcurrent),
      order: v.optional(oneOf(['listed', 'smallestTrafficFirst', 'name']), usual.order),
      sync: v.optional(oneOf(['none', 'step']), usual.sync),
      minSoak: v.optional(time, '0'),
      firstSoak: v.optional(time, '0'),
      minEvidence: v.optional(
        list(v.strictObject({ metric: text('the name of the metric'), minCount: count }), 'metrics'),
        [],
      ),
      analysis: v.exactOptional(analysisShape),
      maxEvidenceGap: v.optional(time, '2m'),
      waveSoak: v.optional(time, '0'),
      gate: v.optional(oneOf(['none', 'manual', 'analysis', 'fleetVerdict']), usual.gate),
      deadline: v.optional(deadline, '2h'),
      maxFailures: v.optional(amount, usual.maxFailures),
      maxUnreachable: v.optional(amount, usual.maxUnreachable),
    },
    'Write a wave with a name.',
  ),
  v.transform(
    ({ minSoak, firstSoak, maxEvidenceGap, waveSoak, deadline: until, select: chosen, ...rest }): PlanWave => ({
      ...rest,
      select: chosen ?? usual.select,
      minSoakMs: minSoak,
      firstSoakMs: firstSoak,
      maxEvidenceGapMs: maxEvidenceGap,
      waveSoakMs: waveSoak,
      ...(until !== undefined && { deadlineMs: until }),
    }),
  ),
)

const wallClock = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/
const window = v.pipe(
  v.strictObject(
    {
      kind: oneOf(['allow', 'deny']),
      start: v.pipe(
        v.string('Give a day and time: 2026-01-05T09:00.'),
        v.regex(wallClock, 'Give a day and time: 2026-01-05T09:00.'),
      ),
      rrule: v.exactOptional(text('how it comes again: FREQ=WEEKLY;BYDAY=MO,TU')),
      timeZone: text('a time zone: Europe/Berlin'),
      duration: time,
      reason: v.exactOptional(text('why')),
    },
    'Write kind, start, timeZone and duration.',
  ),
  v.transform(({ start, rrule, duration, ...rest }): PlanWindow => {
    const begin = `DTSTART:${start.replaceAll(/[-:]/g, '')}00`
    return { ...rest, rrule: rrule === undefined ? begin : `${begin}\nRRULE:${rrule}`, durationMs: duration }
  }),
)

const file = v.pipe(
  v.strictObject(
    {
      name: text('a name for the plan'),
      home: v.strictObject(
        { context: text('the context of the cluster that keeps the plan'), namespace: text('its namespace') },
        'Write the context and namespace that keep the plan.',
      ),
      change,
      members: list(member, 'Rollouts'),
      joinPolicy: v.exactOptional(oneOf(['ignore', 'catchUp'])),
      waves: list(wave, 'waves'),
      unreachable: v.optional(oneOf(['wait', 'skip', 'fail']), usual.unreachable),
      unreachableAfter: v.optional(time, '5m'),
      onBreach: v.optional(oneOf(['hold', 'abortInFlight', 'rollbackWave', 'rollbackAll']), usual.onBreach),
      rollback: v.optional(
        v.strictObject({
          maxConcurrent: v.optional(amount, usual.rollback.maxConcurrent),
          order: v.optional(oneOf(['reverse', 'listed']), usual.rollback.order),
        }),
        {},
      ),
      windows: v.exactOptional(list(window, 'windows')),
      approvals: v.exactOptional(
        v.strictObject(
          { count, by: v.exactOptional(list(text('the name of a person'), 'people')) },
          'Write count, and by: [names] where only some may.',
        ),
      ),
      parking: v.exactOptional(oneOf(['freeze', 'abort', 'requireInClusterController'])),
      intentTTL: v.optional(time, '15m'),
      maxTrafficShare: v.exactOptional(percent),
      maxClustersUnproven: v.exactOptional(count),
      maxErrorBudgetMinutes: v.exactOptional(v.pipe(v.number('Give minutes: 5.'), v.minValue(0, 'Give minutes: 5.'))),
      holdOnCorrelatedFailure: v.optional(flag, usual.holdOnCorrelatedFailure),
    },
    'Write a plan: name, home, change, members, waves.',
  ),
  v.transform(
    ({ name, unreachableAfter, intentTTL, ...rest }): PlanFile => ({
      name,
      spec: {
        ...rest,
        waves: withLateWave(rest.waves, rest.joinPolicy),
        unreachableAfterMs: unreachableAfter,
        intentTtlMs: intentTTL,
      },
    }),
  ),
)

/** Whoever comes late goes as the last wave does, where the plan has no wave of its own for that. */
function withLateWave(waves: readonly PlanWave[], joinPolicy: FleetPlanSpec['joinPolicy']): readonly PlanWave[] {
  const last = waves.at(-1)
  if (joinPolicy !== 'catchUp' || last === undefined || waves.some(({ select: { kind } }) => kind === 'late'))
    return waves
  const late: PlanWave = { ...last, name: 'late', select: { kind: 'late' }, pilot: false, waveSoakMs: 0, gate: 'none' }
  return [...waves, late]
}

/** Reads a plan out of YAML or JSON. Everything that is wrong with it is said at once, each with its line. */
export function readPlanFile(written: string): ReadPlanFile {
  const lines = new LineCounter()
  const document = parseDocument(written, { lineCounter: lines, prettyErrors: false })
  const locate = (fault: PlanFault): FileFault => ({ ...fault, line: lineOf(document, lines, fault.field) })
  const [broken] = document.errors
  if (broken !== undefined) {
    const message = `This is no YAML: ${broken.message}`
    return { file: failure([{ field: '', message, line: lines.linePos(broken.pos[0]).line }]), locate }
  }
  const value = plainValue(document)
  const parsed = value.ok ? v.safeParse(file, value.value) : undefined
  if (parsed?.success === true) return { file: success(parsed.output), locate }
  if (!value.ok || parsed === undefined)
    return { file: failure([locate({ field: '', message: value.ok ? '' : value.error })]), locate }
  return { file: failure(parsed.issues.map((issue) => locate(faultOf(issue)))), locate }
}

/** Aliases that unfold into more than a plan ever holds are refused by the library. */
function plainValue(document: Document): Outcome<unknown, string> {
  try {
    const value: unknown = document.toJS()
    return success(Array.isArray(value) ? null : value)
  } catch (error) {
    return failure(`This cannot be unfolded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function faultOf(issue: v.BaseIssue<unknown>): PlanFault {
  const field = (issue.path ?? []).reduce(
    (path, { key }) =>
      typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`,
    '',
  )
  const last = issue.path?.at(-1)
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never'
  if (isUnknown)
    return { field, message: `A plan has no field "${String(last?.key)}" here. Remove it, or mend its name.` }
  const isMissing = issue.received === 'undefined'
  return { field, message: isMissing ? `${String(last?.key)} is missing.` : issue.message }
}

function lineOf(document: Document, lines: LineCounter, field: string): number | undefined {
  const path = [...field.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part))
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { readonly range?: readonly [number, ...unknown[]] | null }
      | undefined
    if (node?.range != null) return lines.linePos(node.range[0]).line
  }
  return undefined
}

/** The names of the fields of a document, as a file has them: `waves[0].minSoakMs` is `waves[0].minSoak`. */
export const fieldInFile = (field: string): string => field.replace('intentTtlMs', 'intentTTL').replace(/Ms$/, '')
