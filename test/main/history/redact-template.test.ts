import { describe, expect, it } from 'vitest'
import type { PodTemplateSpec } from '#api/core.ts'
import { redactJson, redactTemplate } from '#main/history/redact-template.ts'
import { printsWith } from '#main/history/secret-prints.ts'

const prints = printsWith({ file: 'file key', session: 'session key' })
const hidden = (name: string, value: string) => `[secret ${prints.stored(name, value)}]`

const template: PodTemplateSpec = {
  metadata: { annotations: { 'vault/token': 'abc', note: 'plain' }, labels: { app: 'shop' } },
  spec: {
    containers: [
      {
        name: 'api',
        image: 'registry/token-service:v1.2.3',
        env: [
          { name: 'DB_PASSWORD', value: 'hunter2' },
          { name: 'POOL_SIZE', value: '32' },
          { name: 'DATABASE_URL', value: 'postgres://shop:hunter2@db/shop' },
          { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
          { name: 'EMPTY_TOKEN', value: '' },
          { name: 'COPIED_TOKEN', value: '$(API_TOKEN)' },
        ],
        args: ['--password=hunter2', '--token', 'abc', '--verbose', '--api-key', '--port=80', '--url=//a:bcd@db'],
        livenessProbe: { httpGet: { path: '/', httpHeaders: [{ name: 'Authorization', value: 'Basic eA==' }] } },
      },
    ],
    initContainers: [{ name: 'migrate', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
  },
}

const redacted = redactTemplate(template, prints)
const [api] = redacted.spec?.containers ?? []

describe('redactTemplate', () => {
  it('UI-DIFF-3: hides variables by name, and by value; references stay', () => {
    expect(api?.['env']).toEqual([
      { name: 'DB_PASSWORD', value: hidden('DB_PASSWORD', 'hunter2') },
      { name: 'POOL_SIZE', value: '32' },
      { name: 'DATABASE_URL', value: hidden('DATABASE_URL', 'postgres://shop:hunter2@db/shop') },
      { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
      { name: 'EMPTY_TOKEN', value: '' },
      { name: 'COPIED_TOKEN', value: '$(API_TOKEN)' },
    ])
    expect(redacted.spec?.initContainers?.[0]?.['env']).toEqual([
      { name: 'DB_PASSWORD', value: hidden('DB_PASSWORD', 'hunter2') },
    ])
  })

  it('UI-DIFF-3: hides flags, headers and annotations; an image named after a token is no secret', () => {
    expect(api?.['args']).toEqual([
      `--password=${hidden('--password', 'hunter2')}`,
      '--token',
      hidden('--token', 'abc'),
      '--verbose',
      '--api-key',
      '--port=80',
      `--url=${hidden('--url', '//a:bcd@db')}`,
    ])
    expect(api?.['livenessProbe']).toEqual({
      httpGet: { path: '/', httpHeaders: [{ name: 'Authorization', value: hidden('Authorization', 'Basic eA==') }] },
    })
    expect(redacted.metadata).toEqual({
      annotations: { 'vault/token': hidden('vault/token', 'abc'), note: 'plain' },
      labels: { app: 'shop' },
    })
    expect(api?.image).toBe('registry/token-service:v1.2.3')
  })

  it('twice changes nothing, and no value survives once', () => {
    expect(redactTemplate(redacted, prints)).toEqual(redacted)
    expect(JSON.stringify(redacted)).not.toMatch(/hunter2|"abc"|eA==|bcd/)
  })

  it('finds templates inside any JSON', () => {
    expect(redactJson([{ op: 'replace', path: '/spec/template', value: template }], prints)).toEqual([
      { op: 'replace', path: '/spec/template', value: redacted },
    ])
    expect(redactJson('text', prints)).toBe('text')
  })
})

describe('prints', () => {
  it('differ by value, by name and by key, and are not shown as stored', () => {
    const print = prints.stored('A', 'x')
    const others = [
      prints.stored('A', 'y'),
      prints.stored('B', 'x'),
      printsWith({ file: 'another', session: 'session key' }).stored('A', 'x'),
      prints.shown(print),
      printsWith({ file: 'file key', session: 'another' }).shown(print),
    ]
    expect(new Set([print, ...others]).size).toBe(6)
    expect(prints.stored('A', 'x')).toBe(print)
    expect(prints.shown(print)).toMatch(/^[0-9a-f]{8}$/)
  })
})

describe('redactJson of whole objects', () => {
  const secrets = ['s3cr3t-one', 's3cr3t-two', 's3cr3t-three', 's3cr3t-four']

  it('UI-HIST-6: hides secrets in metrics, in their providers and in what kubectl applied last', () => {
    const applied = { spec: { template: { spec: { containers: [{ env: [{ name: 'TOKEN', value: secrets[0] }] }] } } } }
    const object = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) } },
      spec: {
        args: [{ name: 'api-token', value: secrets[1] }],
        metrics: [
          { provider: { web: { headers: [{ key: 'Authorization', value: secrets[2] }] } } },
          { provider: { prometheus: { authentication: { oauth2: { clientSecret: secrets[3], clientId: 'shop' } } } } },
        ],
        volumes: [{ secret: { secretName: 'shop-secret' } }],
      },
    }
    const text = JSON.stringify(redactJson(object, prints))
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(text.match(/\[secret [0-9a-f]+\]/g)).toHaveLength(4)
    expect(text).toContain('"secretName":"shop-secret"')
    expect(text).toContain('"clientId":"shop"')
  })

  it('returns what holds no secret as it is, also where something beside it does', () => {
    const plain = { metadata: { annotations: { note: '{"a":1}' } }, spec: { args: ['--port', '80'], list: [{ a: 1 }] } }
    expect(redactJson(plain, prints)).toBe(plain)
    const mixed = { plain, env: [{ name: 'TOKEN', value: 'abc' }] }
    expect(redactJson(mixed, prints)).toMatchObject({ plain: expect.toSatisfy((each) => each === plain) })
  })
})

it('UI-HIST-6: takes credentials out of any text; an image named after one, and a selector, stay', () => {
  const object = {
    message: 'cannot sign in: token="abc def"',
    spec: { provider: { web: { url: 'http://m/?token=abcdef', body: '{"password": "abcdef"}' } } },
    status: { selector: 'secret=shown', containerStatuses: [{ image: 'registry/vault-secret:1.2.3' }] },
  }
  const once = redactJson(object, prints)
  expect(once).toEqual({
    message: 'cannot sign in: token="[redacted]"',
    spec: { provider: { web: { url: 'http://m/?token=[redacted]', body: '{"password": "[redacted]"}' } } },
    status: object.status,
  })
  expect(redactJson(once, prints)).toEqual(once)
})
