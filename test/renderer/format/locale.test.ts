import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { en } from '#renderer/format/locale/en.ts'
import { zhCN } from '#renderer/format/locale/zh-cn.ts'

const sources = globSync('renderer/**/*.{ts,tsx}')
  .filter((path) => !path.includes('/locale/'))
  .map((path) => ({ path, code: readFileSync(path, 'utf8') }))
const code = sources.map((source) => source.code).join('\n')
const base = (key: string) => key.replace(/_(one|other)$/, '')
const holes = (words: string) => new Set([...words.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))
const entries = Object.entries(zhCN) as readonly [keyof typeof en, string][]

/** `status.${…}` in the sources stands for every key that begins and ends like it. */
const patterns = [...code.matchAll(/`([a-zA-Z]+\.[\w.]*\$\{[^}]+\}[\w.]*)`/g)].map(
  ([, template = '']) => new RegExp(`^${template.replace(/\./g, '\\.').replace(/\$\{[^}]+\}/g, '[\\w.]+')}$`),
)

describe('the message catalogues', () => {
  it('UI-I18N-2: Chinese has every message; it needs no singular form', () => {
    const wanted = Object.keys(en).filter((key) => !key.endsWith('_one'))
    expect(wanted.filter((key) => !(key in zhCN))).toEqual([])
    expect(Object.keys(zhCN).filter((key) => !(key in en))).toEqual([])
  })

  it('UI-I18N-2: no message is unused', () => {
    const isUsed = (key: string) => code.includes(`'${key}'`) || patterns.some((pattern) => pattern.test(key))
    expect([...new Set(Object.keys(en).map(base))].filter((key) => !isUsed(key))).toEqual([])
  })

  it('UI-I18N-1: both languages name the same values', () => {
    const differing = entries.filter(([key, words]) => {
      const english = holes(en[key])
      return [...holes(words)].some((name) => !english.has(name))
    })
    expect(differing).toEqual([])
  })

  it('UI-COPY-1: no exclamation mark, no filler', () => {
    const bad = Object.values(en).filter((words) => /!|\b(please|oops|successfully|unable to)\b/i.test(words))
    expect(bad).toEqual([])
  })

  it('UI-I18N-1: a plural has both its forms', () => {
    const keys = new Set(Object.keys(en))
    const lone = [...keys].filter((key) => /_one$/.test(key) && !keys.has(`${base(key)}_other`))
    expect(lone).toEqual([])
  })

  it('UI-I18N-1: no component holds a text of its own', () => {
    const literal = />\s*([A-Z][a-z]+(?: [a-z]+)*)\s*</g
    const attribute = /\s(?:aria-label|title|placeholder|alt)="([^"]*[a-z]{3}[^"]*)"/g
    const found = sources
      .filter(({ path }) => path.endsWith('.tsx'))
      .flatMap(({ path, code: text }) =>
        [...text.matchAll(literal), ...text.matchAll(attribute)].map(([, words]) => `${path}: ${words}`),
      )
      .filter((each) => !/: (Argosy|Esc|Space|~\/\.kube\/config)$/.test(each))
    expect(found).toEqual([])
  })
})
