import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { isLocked, lockBundle, unlockBundle } from '#main/bundle/lock-bundle.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const content = new TextEncoder().encode('what is inside')

async function locked(passphrase: string, factor: number): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(factor)
  encrypter.setPassphrase(passphrase)
  return encrypter.encrypt(content)
}

describe('lockBundle', () => {
  it('age: other tools open what it locks', async () => {
    const bytes = await lockBundle(content, 'four words make one', 12)
    expect(isLocked(bytes)).toBe(true)
    expect(text(bytes)).not.toContain('inside')
    const decrypter = new Decrypter()
    decrypter.addPassphrase('four words make one')
    expect(text(await decrypter.decrypt(bytes))).toBe('what is inside')
  })

  it('what they lock is opened', async () => {
    const opened = await unlockBundle(await locked('pass', 10), 'pass')
    expect(opened.ok && text(opened.value)).toBe('what is inside')
  })

  it('says what is wrong', async () => {
    const bytes = await locked('pass', 10)
    expect(await unlockBundle(bytes, 'other')).toMatchObject({ ok: false, error: { kind: 'WrongPassphrase' } })
    expect(await unlockBundle(bytes.subarray(0, -3), 'pass')).toMatchObject({ error: { kind: 'WrongPassphrase' } })
    expect(await unlockBundle(content, 'pass')).toMatchObject({ ok: false, error: { kind: 'WrongPassphrase' } })
    const more = Buffer.from(
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/^(-> scrypt \S+) 10$/m, '$1 30'),
      'latin1',
    )
    expect(await unlockBundle(more, 'pass')).toMatchObject({ ok: false, error: { kind: 'TooLarge' } })
    const encrypter = new Encrypter()
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()))
    const forKeys = await encrypter.encrypt(content)
    expect(await unlockBundle(forKeys, 'pass')).toMatchObject({ ok: false, error: { kind: 'Locked' } })
  })
})
