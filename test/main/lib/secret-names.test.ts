import { describe, expect, it } from 'vitest'
import { looksSecret } from '#lib/secret-names.ts'

const secret = [
  'DB_PASSWORD',
  'dbPassword',
  'PGPASSWD',
  'MYSQL_PWD',
  'API_TOKEN',
  'GITHUB_TOKEN',
  'CLIENT_SECRET',
  'STRIPE_KEY',
  'AWS_ACCESS_KEY_ID',
  'apiKey',
  'API-KEY',
  'SENTRY_DSN',
  'Authorization',
  'BASIC_AUTH',
  'SESSION_COOKIE',
  'TLS_PRIVATE',
  'PASSWORD_SALT',
  '--db-pass',
  'KEY',
]
const open = [
  'POOL_SIZE',
  'KEYBOARD_LAYOUT',
  'MONKEY',
  'LOG_LEVEL',
  'AUTHOR',
  'COMPASS',
  'CACHE_TTL',
  'KEYSPACE',
  'PATH',
]

describe('UI-DIFF-3: names that look secret', () => {
  for (const name of secret) it(`hides ${name}`, () => expect(looksSecret(name)).toBe(true))
  for (const name of open) it(`shows ${name}`, () => expect(looksSecret(name)).toBe(false))
})
