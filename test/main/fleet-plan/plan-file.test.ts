import { describe, expect, it } from 'vitest'
import { fieldInFile, readPlanFile } from '#main/fleet-plan/plan-file.ts'
import { planFileText } from '#main/fleet-plan/plan-file-text.ts'

const small = `# the release of Tuesday
name: web 2
home: {context: a, namespace: argo-rollouts}
change:
  setImage: {web: web:2}
members:
  - {context: a, namespace: shop, rollout: web}
waves:
  - name: all
`

const whole = `name: web 2
home:
  context: a
  namespace: argo-rollouts
change:
  undo:
    toRevision: 3
members:
  - context: a
    namespace: shop
    rollout: web
    labels:
      region: eu
    trafficShare: 40
  - context: b
    namespace: shop
    rollout: web
waves:
  - name: pilot
    select:
      contexts:
        - a
    pilot: true
    order: smallestTrafficFirst
    sync: step
    minSoak: 90s
    firstSoak: 1h
    minEvidence:
      - metric: errors
        minCount: 10
    analysis:
      templates:
        - templateName: errors
      args:
        - name: hash
          valueFrom:
            podTemplateHashValue: Latest
    maxEvidenceGap: 30s
    waveSoak: 1500ms
    gate: manual
    deadline: none
  - name: eu
    select:
      matchLabels:
        region: eu
    maxConcurrent: 50%
    deadline: 3h
    maxFailures: 25%
    maxUnreachable: 1
unreachable: skip
onBreach: rollbackAll
holdOnCorrelatedFailure: false
unreachableAfter: 1m
intentTTL: 1h
rollback:
  maxConcurrent: 2
  order: listed
parking: abort
windows:
  - kind: allow
    start: 2026-01-05T09:00
    rrule: FREQ=WEEKLY;BYDAY=MO,TU
    timeZone: Europe/Berlin
    duration: 8h
  - kind: deny
    start: 2026-12-24T00:00
    timeZone: Europe/Berlin
    duration: 72h
    reason: holidays
maxTrafficShare: 30
maxClustersUnproven: 2
maxErrorBudgetMinutes: 4.5
`

const fileOf = (text: string) => {
  const { file } = readPlanFile(text)
  if (!file.ok) throw new Error(JSON.stringify(file.error))
  return file.value
}
const faultsOf = (text: string) => {
  const { file } = readPlanFile(text)
  return file.ok ? [] : file.error
}

describe('a plan as text', () => {
  it('3.4.1: what it is silent about has the values of the model', () => {
    const { name, spec } = fileOf(small)
    expect(name).toBe('web 2')
    expect(spec).toEqual({
      home: { context: 'a', namespace: 'argo-rollouts' },
      change: { kind: 'setImage', images: [{ container: 'web', image: 'web:2' }] },
      members: [{ id: 'a/shop/web', context: 'a', namespace: 'shop', rollout: 'web', labels: {} }],
      waves: [
        {
          name: 'all',
          select: { kind: 'rest' },
          pilot: false,
          maxConcurrent: 1,
          order: 'listed',
          sync: 'none',
          minSoakMs: 0,
          firstSoakMs: 0,
          minEvidence: [],
          maxEvidenceGapMs: 120_000,
          waveSoakMs: 0,
          gate: 'none',
          deadlineMs: 7_200_000,
          maxFailures: 0,
          maxUnreachable: 0,
        },
      ],
      unreachable: 'wait',
      unreachableAfterMs: 300_000,
      onBreach: 'hold',
      rollback: { maxConcurrent: '25%', order: 'reverse' },
      intentTtlMs: 900_000,
      holdOnCorrelatedFailure: true,
    })
  })

  it('is written as it was read, and nothing that is usual', () => {
    expect(planFileText(fileOf(whole))).toBe(whole)
    expect(planFileText(fileOf(small)).split('\n').slice(-3)).toEqual(['waves:', '  - name: all', ''])
    expect(fileOf(planFileText(fileOf(whole)))).toEqual(fileOf(whole))
  })

  it.each([
    ['gate: {}', { kind: 'gate' }],
    ['undo: {}', { kind: 'undo' }],
    [
      'setImage: {"*": web:3, init: init:1}',
      {
        kind: 'setImage',
        images: [
          { container: '*', image: 'web:3' },
          { container: 'init', image: 'init:1' },
        ],
      },
    ],
  ])('3.4.1: a change is one of three: %s', (change, expected) => {
    const text = small.replace('setImage: {web: web:2}', change)
    expect(fileOf(text).spec.change).toEqual(expected)
    expect(fileOf(planFileText(fileOf(text))).spec.change).toEqual(expected)
  })

  it('3.4.1 joinPolicy: who comes late goes as the last wave does, in a wave that is written with the plan', () => {
    const last = '  - {name: rest, maxConcurrent: 2, pilot: true, waveSoak: 5m, gate: manual}'
    const read = fileOf(`${small.replace('  - name: all', last)}joinPolicy: catchUp\n`)
    expect(
      read.spec.waves.map(({ name, select, maxConcurrent, pilot, waveSoakMs, gate }) => ({
        ...{ name, select },
        ...{ maxConcurrent, pilot, waveSoakMs, gate },
      })),
    ).toMatchObject([
      { name: 'rest', select: { kind: 'rest' } },
      { name: 'late', select: { kind: 'late' }, maxConcurrent: 2, pilot: false, waveSoakMs: 0, gate: 'none' },
    ])
    expect(planFileText(read)).toContain('select:\n      late: true')
    expect(fileOf(planFileText(read))).toEqual(read)
  })

  it('3.4.1: a window begins by the clocks of its zone, and may come again', () => {
    expect(fileOf(whole).spec.windows).toEqual([
      {
        kind: 'allow',
        rrule: 'DTSTART:20260105T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU',
        timeZone: 'Europe/Berlin',
        durationMs: 28_800_000,
      },
      {
        kind: 'deny',
        rrule: 'DTSTART:20261224T000000',
        timeZone: 'Europe/Berlin',
        durationMs: 259_200_000,
        reason: 'holidays',
      },
    ])
    const wrong = whole.replace('start: 2026-01-05T09:00', 'start: next monday')
    expect(faultsOf(wrong)).toMatchObject([
      { field: 'windows[0].start', message: 'Give a day and time: 2026-01-05T09:00.' },
    ])
  })

  it('all that is wrong is said at once, each with its field, its line, and what to do', () => {
    const text = whole
      .replace('minSoak: 90s', 'minSoak: ten minutes')
      .replace('sync: step', 'sync: sometimes')
      .replace('maxFailures: 25%', 'maxFailures: -1')
      .replace('namespace: argo-rollouts', 'namspace: argo-rollouts')
      .replace('toRevision: 3', 'toRevision: 3\n  gate: {}')
    expect(faultsOf(text)).toEqual([
      { field: 'home.namespace', message: 'namespace is missing.', line: 3 },
      { field: 'home.namspace', message: 'A plan has no field "namspace" here. Remove it, or mend its name.', line: 4 },
      { field: 'change', message: 'Write exactly one of setImage, undo or gate.', line: 6 },
      { field: 'waves[0].sync', message: 'Write one of none, step.', line: 26 },
      { field: 'waves[0].minSoak', message: 'Give a time such as 30s, 10m or 2h.', line: 27 },
      { field: 'waves[1].maxFailures', message: 'Give a whole number from 0 on, or percent: 2, 25%.', line: 49 },
    ])
  })

  it.each([
    ['', [{ field: '', message: 'Write a plan: name, home, change, members, waves.', line: undefined }]],
    ['- a\n- b', [{ field: '', message: 'Write a plan: name, home, change, members, waves.', line: undefined }]],
    ['a: [1', [{ field: '', message: expect.stringMatching(/^This is no YAML: /), line: 1 }]],
    [
      'name: *nowhere',
      [{ field: '', message: expect.stringMatching(/^This cannot be unfolded: |^This is no YAML: /), line: undefined }],
    ],
  ])('what is no plan is said to be none: %j', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults)
  })

  it('aliases that unfold into a flood are refused', () => {
    const flood = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from(
        'bcdefghi',
        (each, index) => `${each}: &${each} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(',')}]`,
      ),
    ].join('\n')
    expect(faultsOf(flood)).toEqual([
      { field: '', message: expect.stringMatching(/^This cannot be unfolded: /), line: undefined },
    ])
  })

  it('a fault of a field that is left out is at the line of what is around it', () => {
    const read = readPlanFile(whole)
    expect(read.locate({ field: 'waves[1].minSoak', message: '' }).line).toBe(42)
    expect(read.locate({ field: 'nowhere.at.all', message: '' }).line).toBeUndefined()
  })

  it('fields of the document have the names of the file', () => {
    expect(['waves[0].minSoakMs', 'intentTtlMs', 'members[0]'].map(fieldInFile)).toEqual([
      'waves[0].minSoak',
      'intentTTL',
      'members[0]',
    ])
  })
})
