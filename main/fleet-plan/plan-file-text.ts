import { stringify } from 'yaml'
import type { PlannedChange, PlanWave, PlanWindow, WaveSelector } from '#engine/fleet-plan/document.ts'
import type { PlanFile } from './plan-file.ts'
import { usual } from './usual-plan.ts'

/** The inverse of `readPlanFile`: what is usual is left out. */
export function planFileText({ name, spec }: PlanFile): string {
  const { home, members, waves, maxTrafficShare, maxClustersUnproven, maxErrorBudgetMinutes } = spec
  return stringify(
    {
      name,
      home,
      change: changeInFile(spec.change),
      members: members.map(({ context, namespace, rollout, labels, trafficShare }) =>
        present({
          context,
          namespace,
          rollout,
          labels: Object.keys(labels).length === 0 ? undefined : labels,
          trafficShare: trafficShare && Math.round(trafficShare * 100) / 100,
        }),
      ),
      ...present({ joinPolicy: spec.joinPolicy }),
      waves: waves.map(waveInFile),
      ...unusual({
        unreachable: spec.unreachable,
        onBreach: spec.onBreach,
        holdOnCorrelatedFailure: spec.holdOnCorrelatedFailure,
      }),
      ...unusualTimes({ unreachableAfter: spec.unreachableAfterMs, intentTTL: spec.intentTtlMs }),
      ...unusual({ rollback: spec.rollback }),
      ...present({ parking: spec.parking }),
      ...present({ windows: spec.windows?.map(windowInFile) }),
      ...present({ approvals: spec.approvals, maxTrafficShare, maxClustersUnproven, maxErrorBudgetMinutes }),
    },
    { lineWidth: 0, flowCollectionPadding: false },
  )
}

function changeInFile(change: PlannedChange): object {
  switch (change.kind) {
    case 'setImage':
      return { setImage: Object.fromEntries(change.images.map(({ container, image }) => [container, image])) }
    case 'undo':
      return { undo: present({ toRevision: change.toRevision }) }
    case 'gate':
      return { gate: {} }
  }
}

function waveInFile(each: PlanWave): object {
  const { name, pilot, maxConcurrent, order, sync, minEvidence, gate, maxFailures, maxUnreachable, deadlineMs } = each
  return {
    name,
    ...selectInFile(each.select),
    ...unusual({ pilot, maxConcurrent, order, sync }),
    ...unusualTimes({ minSoak: each.minSoakMs, firstSoak: each.firstSoakMs }),
    ...(minEvidence.length > 0 && { minEvidence }),
    ...present({ analysis: each.analysis }),
    ...unusualTimes({ maxEvidenceGap: each.maxEvidenceGapMs, waveSoak: each.waveSoakMs }),
    ...unusual({ gate }),
    ...(deadlineMs === undefined ? { deadline: 'none' } : unusualTimes({ deadline: deadlineMs })),
    ...unusual({ maxFailures, maxUnreachable }),
  }
}

function selectInFile(chosen: WaveSelector): object {
  switch (chosen.kind) {
    case 'names':
      return { select: { contexts: chosen.contexts } }
    case 'labels':
      return { select: { matchLabels: chosen.matchLabels } }
    case 'rest':
      return {}
    case 'late':
      return { select: { late: true } }
  }
}

function windowInFile({ kind, rrule, timeZone, durationMs, reason }: PlanWindow): object {
  const [, date = '', hour = '', minutes = ''] = /DTSTART:(\d{8})T(\d{2})(\d{2})/.exec(rrule) ?? []
  const [, again] = /RRULE:(.*)/.exec(rrule) ?? []
  const start = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hour}:${minutes}`
  return present({ kind, start, rrule: again, timeZone, duration: goDuration(durationMs), reason })
}

const present = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const unusual = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(usual[key as keyof typeof usual]),
    ),
  )

const unusualTimes = (fields: Readonly<Record<string, number>>): object =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([key, ms]) => ms !== usual[key as keyof typeof usual])
      .map(([key, ms]) => [key, goDuration(ms)]),
  )

/** The largest unit that says it whole. */
function goDuration(ms: number): string {
  const unit = [
    { name: 'h', of: 3_600_000 },
    { name: 'm', of: 60_000 },
    { name: 's', of: 1000 },
  ].find(({ of }) => ms % of === 0)
  return unit === undefined ? `${ms}ms` : `${ms / unit.of}${unit.name}`
}
