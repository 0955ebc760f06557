const minute = 60_000

/** What holds where a plan is silent; times in milliseconds (3.4.1). */
export const usual = {
  select: { kind: 'rest' },
  pilot: false,
  maxConcurrent: 1,
  order: 'listed',
  sync: 'none',
  minSoak: 0,
  firstSoak: 0,
  maxEvidenceGap: 2 * minute,
  waveSoak: 0,
  gate: 'none',
  deadline: 120 * minute,
  maxFailures: 0,
  maxUnreachable: 0,
  unreachable: 'wait',
  unreachableAfter: 5 * minute,
  onBreach: 'hold',
  rollback: { maxConcurrent: '25%', order: 'reverse' },
  intentTTL: 15 * minute,
  holdOnCorrelatedFailure: true,
} as const
