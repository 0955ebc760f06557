import { expect, it } from 'vitest'
import { gitOpsOwner, gitOpsWarnings } from '#engine/actions/gitops-owner.ts'

const web = (marks: object) => ({ metadata: { name: 'web', ...marks } })

it.each([
  ['Argo CD', { labels: { 'argocd.argoproj.io/instance': 'shop' } }],
  ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:argoproj.io/Rollout:shop/web' } }],
  ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }],
  ['Helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
  [undefined, { labels: { 'app.kubernetes.io/managed-by': 'kustomize' } }],
])('ACT-99: finds %s', (owner, marks) => {
  expect(gitOpsOwner(web(marks))).toBe(owner)
})

it('ACT-99: warns of a live edit', () => {
  expect(gitOpsWarnings(web({}))).toEqual([])
  expect(gitOpsWarnings(web({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }))).toEqual([
    'web is managed by Flux: a live edit drifts from Git and may be reverted',
  ])
})
