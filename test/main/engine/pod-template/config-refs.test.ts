import { expect, it } from 'vitest'
import type { PodTemplateSpec } from '#api/core.ts'
import { configRefs } from '#engine/pod-template/config-refs.ts'

it('W11: all that pods do not start without: volumes, whole environments, single variables; each once', () => {
  const template = {
    spec: {
      volumes: [
        { name: 'a', configMap: { name: 'files' } },
        { name: 'b', secret: { secretName: 'tls' } },
        { name: 'c', projected: { sources: [{ secret: { name: 'token' } }, { configMap: { name: 'files' } }] } },
        { name: 'd', secret: { secretName: 'perhaps', optional: true } },
        { name: 'e', emptyDir: {} },
      ],
      initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'boot' } }] }],
      containers: [
        {
          name: 'web',
          envFrom: [{ secretRef: { name: 'db' } }, { secretRef: { name: 'extra', optional: true } }],
          env: [
            { name: 'A', value: 'plain' },
            { name: 'B', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            { name: 'C', valueFrom: { configMapKeyRef: { name: 'flags', key: 'c' } } },
            { name: 'D', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
        },
      ],
    },
  } as unknown as PodTemplateSpec
  expect(configRefs(template).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'ConfigMap boot',
    'ConfigMap files',
    'ConfigMap flags',
    'Secret db',
    'Secret tls',
    'Secret token',
  ])
  expect(configRefs({ spec: undefined } as unknown as PodTemplateSpec)).toEqual([])
})
