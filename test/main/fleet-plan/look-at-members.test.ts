import { describe, expect, it } from 'vitest'
import { type MemberLook, missingMembers, specOf } from '#main/fleet-plan/look-at-members.ts'
import { readPlanFile } from '#main/fleet-plan/plan-file.ts'

const fileOf = (members: readonly string[]) => {
  const { file } = readPlanFile(`
name: web
home: {context: a, namespace: argo}
change: {gate: {}}
members: [${members.map((each) => `{namespace: shop, rollout: web, ${each}}`).join(', ')}]
waves: [{name: all}]
`)
  if (!file.ok) throw new Error(JSON.stringify(file.error))
  return file.value
}

const found = (replicas: number | undefined, stableRS = 'h1'): MemberLook =>
  ({
    kind: 'found',
    isDriven: true,
    isInCluster: true,
    world: { rollout: { spec: { replicas }, status: { stableRS } } },
  }) as unknown as MemberLook

describe('what the members of a plan are like', () => {
  it('3.4.1: the stable version of each is what it goes back to', () => {
    const looks = new Map([['a/shop/web', found(1, 'h7')]])
    expect(specOf(fileOf(['context: a']), looks).members).toMatchObject([{ priorHash: 'h7', trafficShare: 100 }])
  })

  it('W16: where a plan gives no shares, pods tell them; those given are kept', () => {
    const looks = new Map([
      ['a/shop/web', found(3)],
      ['b/shop/web', found(undefined)],
      ['c/shop/web', found(50)],
    ])
    const shares = (members: readonly string[]) =>
      specOf(fileOf(members), looks).members.map(({ trafficShare }) => trafficShare)
    expect(shares(['context: a', 'context: b'])).toEqual([75, 25])
    expect(shares(['context: a', 'context: b', 'context: c, trafficShare: 60'])).toEqual([30, 10, 60])
    expect(shares(['context: a', 'context: c, trafficShare: 100'])).toEqual([0, 100])
    expect(
      specOf(fileOf(['context: x', 'context: y']), new Map()).members.map(({ trafficShare }) => trafficShare),
    ).toEqual([50, 50])
  })

  it('one that is not there is a fault of its own field', () => {
    const looks = new Map<string, MemberLook>([
      ['a/shop/web', found(1)],
      ['b/shop/web', { kind: 'missing', message: 'There is none.' }],
    ])
    expect(missingMembers(fileOf(['context: a', 'context: b']), looks)).toEqual([
      { field: 'members[1]', message: 'There is none.' },
    ])
  })
})
