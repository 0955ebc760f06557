import { expect, it } from 'vitest'
import type { LogLevel } from '#lib/log.ts'
import { redactText } from '#lib/redact-text.ts'
import { createLog, redact } from '#main/log.ts'
import { T0 } from '#test/support/virtual-clock.ts'

function setUp(level: LogLevel) {
  const lines: string[] = []
  return { lines, log: createLog({ write: (line) => lines.push(line), level, now: () => T0 }) }
}

it('OPS-8: writes one JSON line per fact, with time and level', () => {
  const { lines, log } = setUp('info')
  log('info', 'lease acquired', { context: 'harbor-1' })
  expect(lines).toEqual([
    '{"time":"2026-01-15T10:00:00.000Z","level":"info","msg":"lease acquired","context":"harbor-1"}\n',
  ])
})

it('leaves out what is below its level', () => {
  const { lines, log } = setUp('warn')
  log('debug', 'a')
  log('info', 'b')
  log('warn', 'c')
  log('error', 'd')
  expect(lines).toHaveLength(2)
})

it('hides tokens in texts, and URLs with a password', () => {
  expect(redactText('Authorization: Bearer abcdef0123456789')).toBe('Authorization: Bearer [redacted]')
  expect(redactText('got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln back')).toBe('got [redacted] back')
  expect(redactText('https://admin:hunter2@proxy:3128/')).toBe('https://[redacted]@proxy:3128/')
})

it('hides values under names that hold credentials, environment values and the contents of Secrets', () => {
  expect(
    redact({
      token: 'abc',
      'client-key-data': 'abc',
      nested: [{ password: 'abc' }],
      env: [{ name: 'DB', value: 'postgres' }],
      secret: { kind: 'Secret', data: { a: 'b' } },
      object: { kind: 'Secret', data: { a: 'b' } },
      tokenCount: 3,
    }),
  ).toEqual({
    token: '[redacted]',
    'client-key-data': '[redacted]',
    nested: [{ password: '[redacted]' }],
    env: [{ name: 'DB', value: '[redacted]' }],
    secret: '[redacted]',
    object: { kind: 'Secret', data: '[redacted]' },
    tokenCount: 3,
  })
})

it('survives a cycle and keeps what an error says', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  expect(JSON.stringify(redact(cycle))).toContain('[…]')
  expect(redact(new Error('boom'))).toMatchObject({ name: 'Error', message: 'boom' })
})
