import { describe, expect, it } from 'vitest'
import type { FleetPlanSpec } from '#engine/fleet-plan/document.ts'
import { validatePlan } from '#engine/fleet-plan/validate.ts'
import { aMember, aPlan, aWave } from '#test/support/builders/fleet-plan.ts'

const faults = (waves: Parameters<typeof aPlan>[0], more: Partial<FleetPlanSpec> = {}) =>
  validatePlan(aPlan(waves, more).spec).map(({ field, message }) => `${field}: ${message}`)

const freeze = {
  kind: 'deny',
  rrule: 'DTSTART:20261223T180000',
  timeZone: 'Europe/Berlin',
  durationMs: 864_000_000,
} as const

describe('3.4.1: what a plan may be', () => {
  it('is nothing to say of a good one', () => {
    expect(
      faults([aWave(['a', 'b'], { maxConcurrent: '50%', maxFailures: '10%' }), aWave(['c'])], { windows: [freeze] }),
    ).toEqual([])
  })

  it.each<[string, readonly string[], RegExp]>([
    ['no member', faults([], { members: [] }), /^members: Choose at least one/],
    ['no wave', faults([], { members: [aMember('a')] }), /No wave selects a\/shop\/web/],
    [
      'a member twice',
      faults([aWave(['a'])], { members: [aMember('a'), aMember('a')] }),
      /members\[1\]: a\/shop\/web is there twice/,
    ],
    [
      'nothing to go back to',
      faults([aWave(['a'])], { members: [aMember('a', { priorHash: '' })] }),
      /no stable version/,
    ],
    ['a wave whose members another has', faults([aWave(['a']), aWave(['a'])]), /waves\[1\]\.select: .*Remove it/],
    [
      'percent that is none',
      faults([aWave(['a'], { maxFailures: '1x%' as never })]),
      /waves\[0\]\.maxFailures: Give a whole number/,
    ],
    ['nobody at a time', faults([aWave(['a'], { maxConcurrent: 0 })]), /At least one member has to move/],
    ['a time below 0', faults([aWave(['a'], { minSoakMs: -1 })]), /waves\[0\]\.minSoakMs: Give a time/],
    [
      'no gap between samples',
      faults([aWave(['a'], { maxEvidenceGapMs: 0 })]),
      /maxEvidenceGapMs: .*nothing is ever proven/,
    ],
    [
      'a member that is larger than the cap',
      faults([aWave(['a'])], { maxTrafficShare: 5 }),
      /maxTrafficShare: a\/shop\/web serves 10 %/,
    ],
    ['a cap of nobody', faults([aWave(['a'])], { maxClustersUnproven: 0 }), /maxClustersUnproven: At least one/],
    [
      'a rule that runs every second',
      faults([aWave(['a'])], { windows: [{ ...freeze, rrule: 'DTSTART:20260101T000000\nRRULE:FREQ=SECONDLY' }] }),
      /windows\[0\]\.rrule: Give FREQ as DAILY/,
    ],
    [
      'a zone that is none',
      faults([aWave(['a'])], { windows: [freeze, { ...freeze, timeZone: 'Mars/Base' }] }),
      /^windows\[1\]\.timeZone: Mars\/Base is no time zone/,
    ],
    [
      'a window of no length',
      faults([aWave(['a'])], { windows: [{ ...freeze, durationMs: 0 }] }),
      /windows\[0\]\.durationMs: .*from a minute to 366 days/,
    ],
    [
      'evidence that nothing measures',
      faults([aWave(['a'], { minEvidence: [{ metric: 'errors', minCount: 1 }] })]),
      /waves\[0\]\.minEvidence: Name the AnalysisTemplates/,
    ],
    ['a gate that asks nothing', faults([aWave(['a'], { gate: 'analysis' })]), /waves\[0\]\.gate: Name the Analysis/],
    [
      'approvals of nobody',
      faults([aWave(['a'])], { approvals: { count: 0 } }),
      /approvals\.count: Give how many people/,
    ],
    [
      'more approvals than people',
      faults([aWave(['a'])], { approvals: { count: 2, by: ['bob'] } }),
      /approvals\.by: Only 1 may approve it, and 2 have to/,
    ],
    ['no image', faults([aWave(['a'])], { change: { kind: 'setImage', images: [] } }), /change\.images: Name an image/],
  ])('is refused with %s, and told what to do', (_what, told, expected) => {
    expect(told.join('\n')).toMatch(expected)
  })
})
