import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import {
  drivingRights,
  type EngineRight,
  leaseRights,
  optionalRights,
  policyRules,
  rightName,
} from '#main/controller/engine-rights.ts'

const rowOf = (word: string, right: EngineRight) => {
  const only = right.names === undefined ? '' : `, only \`${right.names.join()}\``
  return `| ${word} | \`${rightName(right)}\`${only} | ${right.verbs.join(', ')} | ${right.use} |`
}

it('OPS-90…109: docs/in-cluster.md tells the rights as they are', () => {
  const text = readFileSync(new URL('../../../docs/in-cluster.md', import.meta.url), 'utf8')
  const rows = text.split('## Rights')[1]?.split('\n') ?? []
  const told = rows.filter((line) => /^\| \S* ?\| `\S+`/.test(line))
  const optional = Object.entries(optionalRights).flatMap(([word, rights]) =>
    rights.map((right) => rowOf(`\`${word}\``, right)),
  )
  expect(told).toEqual([...[...drivingRights, ...leaseRights(undefined)].map((right) => rowOf('', right)), ...optional])
})

it('rights to one kind are one rule; those to names of it are another', () => {
  const right = (verbs: EngineRight['verbs'], names?: readonly string[]): EngineRight => ({
    resource: resources.leases,
    verbs,
    use: '',
    ...(names !== undefined && { names }),
  })
  const [apiGroups, plural] = [['coordination.k8s.io'], ['leases']]
  expect(policyRules([right(['get']), right(['update', 'get']), right(['patch'], ['a'])])).toEqual([
    { apiGroups, resources: plural, verbs: ['get', 'update'] },
    { apiGroups, resources: plural, resourceNames: ['a'], verbs: ['patch'] },
  ])
})
