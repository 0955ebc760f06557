import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { RequestWrite } from '#main/controller/apply-writes.ts'
import { viewWrite } from '#main/controller/write-view.ts'

const ref = { resource: resources.rollouts, namespace: 'shop', name: 'web' }
const reason = { because: 'ACT-50', summary: 'Abort Rollout web' }
const abort: RequestWrite = {
  kind: 'patch',
  ref,
  subresource: 'status',
  patchType: 'merge',
  body: { status: { abort: true } },
  precondition: { resourceVersion: '7' },
  ...reason,
}

it('UI-ACT-5: shows the request with its precondition, and the kubectl command that sends the same', () => {
  expect(viewWrite('harbor-1', abort)).toEqual({
    method: 'PATCH',
    path: '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status?fieldManager=argosy',
    contentType: 'application/merge-patch+json',
    body: '{"status":{"abort":true},"metadata":{"resourceVersion":"7"}}',
    kubectl:
      'kubectl --context harbor-1 -n shop patch rollouts.argoproj.io web --subresource=status --type=merge ' +
      `--field-manager=argosy -p '{"status":{"abort":true},"metadata":{"resourceVersion":"7"}}'`,
    ...reason,
  })
})

it('UI-ACT-5: the body survives a shell byte for byte, whatever is in it', () => {
  const body = { metadata: { annotations: { note: `it's "$HOME" \`x\` \\ naïve` } } }
  const view = viewWrite(`arn:aws:eks:eu/o'brien & co`, { ...abort, body, precondition: {} })
  const words = execFileSync('sh', [
    '-c',
    `kubectl() { for each in "$@"; do printf '%s\\0' "$each"; done; }; ${view.kubectl}`,
  ])
  const parts = words.toString().split('\0').slice(0, -1)
  expect(parts[1]).toBe(`arn:aws:eks:eu/o'brien & co`)
  expect(parts.at(-1)).toBe(view.body)
})

it('shows a replacement as what kubectl replace reads from its input', () => {
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { namespace: 'shop', name: 'web' } }
  const view = viewWrite('harbor-1', { kind: 'update', ref, object, ...reason })
  expect(view).toMatchObject({ method: 'PUT', body: JSON.stringify(object) })
  expect(execFileSync('sh', ['-c', `kubectl() { cat; }; ${view.kubectl}`]).toString()).toBe(`${view.body}\n`)
})

it('shows an eviction at the pod, and a creation at the collection', () => {
  const pod = { resource: resources.pods, namespace: 'shop', name: 'web-1' }
  expect(viewWrite('c', { kind: 'evict', ref: pod, precondition: { uid: 'u' }, ...reason })).toMatchObject({
    method: 'POST',
    path: '/api/v1/namespaces/shop/pods/web-1/eviction?fieldManager=argosy',
  })
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1' } }
  expect(viewWrite('c', { kind: 'create', ref: pod, object, ...reason }).path).toBe(
    '/api/v1/namespaces/shop/pods?fieldManager=argosy',
  )
})
