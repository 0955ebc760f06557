import { describe, expect, it } from 'vitest'
import {
  editPlanText,
  fieldName,
  isBroken,
  labelsOf,
  type PlanForm,
  readPlanText,
  typedValue,
} from '#renderer/features/plans/plan-text.ts'
import { emptyPlan } from '#renderer/store/plan-draft.ts'

const written = `# The weekly train.
name: checkout 2.31
home: {context: prod-eu-west, namespace: argo-rollouts} # where it is kept
change:
  setImage: {checkout: "registry.example/checkout:2.31.0"}
members:
  - {context: canary-eu, namespace: shop, rollout: checkout, labels: {region: eu}, trafficShare: 10}
  - {context: prod-eu, namespace: shop, rollout: checkout}
waves:
  - name: pilot # alone
    select: {contexts: [canary-eu]}
    pilot: true
    minEvidence: [{metric: errors, minCount: 10}]
  - name: rest
    select: {matchLabels: {region: eu, tier: "1"}}
    maxConcurrent: 25%
windows: [{kind: deny}, {kind: allow}]
`

const form = (text: string): PlanForm => {
  const read = readPlanText(text)
  if (isBroken(read)) throw new Error(read.message)
  return read
}

describe('a plan as text', () => {
  it('is shown as it is written, and nothing is filled in', () => {
    const { name, home, change, members, waves, windowCount, field } = form(written)
    expect({ name, home, change, windowCount }).toEqual({
      name: 'checkout 2.31',
      home: { context: 'prod-eu-west', namespace: 'argo-rollouts' },
      change: { kind: 'setImage', images: [{ container: 'checkout', image: 'registry.example/checkout:2.31.0' }] },
      windowCount: 2,
    })
    expect(members.map(({ context, trafficShare }) => [context, trafficShare])).toEqual([
      ['canary-eu', '10'],
      ['prod-eu', ''],
    ])
    expect(waves.map(({ select, isPilot, evidenceCount }) => ({ select, isPilot, evidenceCount }))).toEqual([
      { select: { kind: 'contexts', contexts: ['canary-eu'] }, isPilot: true, evidenceCount: 1 },
      { select: { kind: 'labels', labels: 'region=eu, tier=1' }, isPilot: false, evidenceCount: 0 },
    ])
    expect([waves[1]?.field('maxConcurrent'), waves[1]?.field('waveSoak'), field('onBreach')]).toEqual(['25%', '', ''])
  })

  it.each([
    ['undo: {toRevision: 3}', { kind: 'undo', toRevision: '3' }],
    ['undo: {}', { kind: 'undo', toRevision: '' }],
    ['gate: {}', { kind: 'gate' }],
    ['setImage: 7', { kind: 'setImage', images: [] }],
  ])('reads the change %s', (change, shown) => {
    expect(form(`change: {${change}}`).change).toEqual(shown)
  })

  it.each([
    '',
    'waves: 3',
    'members: {a: 1}',
    'home: []',
    'waves: [3, null]',
    'a: &x [*x]',
    'members: [*nobody]',
    '? [a]\n: b',
  ])('shows %j without stumbling over it', (text) => {
    expect(() => readPlanText(text)).not.toThrow()
  })

  it('says at which line it cannot be read', () => {
    expect(readPlanText('name: a\nwaves: [\nmembers: 1\n')).toMatchObject({ line: 3 })
    expect(readPlanText('- a')).toMatchObject({ line: 1 })
  })

  it('the one that a new plan begins with can be read', () => {
    expect(form(emptyPlan).waves).toHaveLength(2)
  })
})

describe('a change that the form makes', () => {
  it('keeps comments, quotes and the order of all else', () => {
    const next = editPlanText(written, { kind: 'set', path: ['waves', 1, 'maxConcurrent'], value: 3 })
    expect(next).toBe(written.replace('maxConcurrent: 25%', 'maxConcurrent: 3'))
  })

  it('leaves out what is emptied, and makes room for what was not there', () => {
    const without = editPlanText(written, { kind: 'set', path: ['waves', 0, 'pilot'], value: undefined })
    expect(without).toBe(written.replace('    pilot: true\n', ''))
    const more = editPlanText('name: a\nhome: nowhere\n', { kind: 'set', path: ['home', 'context'], value: 'prod' })
    expect(form(more).home.context).toBe('prod')
    expect(form(editPlanText('', { kind: 'set', path: ['name'], value: 'a' })).name).toBe('a')
  })

  it('adds to a list, whether it is there, empty, or missing', () => {
    const member = { context: 'c', namespace: 'n', rollout: 'r' }
    for (const text of [written, 'members: []\n', 'name: a\n']) {
      const next = editPlanText(text, { kind: 'add', path: ['members'], value: member })
      expect(form(next).members.at(-1)).toEqual({ ...member, trafficShare: '' })
    }
    expect(editPlanText('members: []\n', { kind: 'add', path: ['members'], value: member })).toBe(
      'members:\n  - context: c\n    namespace: n\n    rollout: r\n',
    )
  })

  it('moves and removes waves, and renames containers', () => {
    const moved = editPlanText(written, { kind: 'move', path: ['waves', 0], by: 1 })
    expect(form(moved).waves.map(({ name }) => name)).toEqual(['rest', 'pilot'])
    expect(moved).toContain('name: pilot # alone')
    expect(editPlanText(written, { kind: 'move', path: ['waves', 1], by: 1 })).toBe(
      editPlanText(written, { kind: 'move', path: ['waves', 9], by: 1 }),
    )
    expect(form(editPlanText(written, { kind: 'remove', path: ['waves', 0] })).waves).toHaveLength(1)
    const renamed = editPlanText(written, { kind: 'rename', path: ['change', 'setImage', 'checkout'], to: 'app' })
    expect(form(renamed).change).toMatchObject({ images: [{ container: 'app' }] })
  })

  it('keeps what looks like a number a text where a text is meant', () => {
    const named = editPlanText('name: a\n', { kind: 'set', path: ['name'], value: '2.31' })
    expect(named).toBe('name: "2.31"\n')
  })

  it('changes nothing in a text that cannot be read', () => {
    expect(editPlanText('waves: [', { kind: 'set', path: ['name'], value: 'a' })).toBe('waves: [')
  })
})

describe('what is typed into a field', () => {
  it.each([
    ['2', 2],
    [' 30 ', 30],
    ['25%', '25%'],
    ['10m', '10m'],
    ['', undefined],
    ['  ', undefined],
  ])('%j is %j', (typed, value) => {
    expect(typedValue(typed)).toBe(value)
  })

  it('labels are pairs; the rest is still being typed', () => {
    expect(labelsOf('region=eu, tier=a=b, , half')).toEqual({ region: 'eu', tier: 'a=b' })
  })

  it('a field has the name that faults have', () => {
    expect(fieldName(['waves', 1, 'maxConcurrent'])).toBe('waves[1].maxConcurrent')
    expect(fieldName(['change', 'setImage', 'app'])).toBe('change.setImage.app')
  })
})
