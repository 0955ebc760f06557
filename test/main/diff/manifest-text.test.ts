import { describe, expect, it } from 'vitest'
import { readManifestText } from '#main/diff/manifest-text.ts'

const rollout = (name: string) => `kind: Rollout
metadata: { name: ${name} }
spec: { replicas: 2 }
`

describe('a manifest out of a text', () => {
  it('is the Rollout of the wanted name among several objects, in documents or in a list', () => {
    const text = `${rollout('web')}---\nkind: Service\nspec: {}\n---\n${rollout('api')}`
    expect(readManifestText(text, 'api')).toMatchObject({ ok: true, value: { title: 'Rollout api' } })
    const list = JSON.stringify({ kind: 'List', items: [{ kind: 'Rollout', metadata: { name: 'web' }, spec: {} }] })
    expect(readManifestText(list, 'other')).toMatchObject({ ok: true, value: { title: 'Rollout web' } })
  })

  it('is the pod template of a Deployment, where there is no Rollout', () => {
    const text = 'kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: []}}}'
    expect(readManifestText(text, undefined)).toMatchObject({
      ok: true,
      value: { title: 'Deployment web', manifest: { kind: 'template', template: { spec: { containers: [] } } } },
    })
  })

  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['a: [1', /^It is no YAML: .*line 1/],
    ['kind: Service\nspec: {}', /no Rollout in it/],
    ['just text', /no Rollout in it/],
    [`${rollout('web')}---\n${rollout('api')}`, /several objects.*Rollout web, Rollout api/],
    [
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: [${'*c,'.repeat(9)}*c]`,
      /Excessive alias/,
    ],
  ]
  for (const [text, reason] of refused) {
    it(`says why not: ${JSON.stringify(text.slice(0, 40))}`, () => {
      const read = readManifestText(text, undefined)
      expect(read.ok ? 'read' : read.error).toMatch(reason)
    })
  }
})
