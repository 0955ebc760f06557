import { describe, expect, it } from 'vitest'
import { textTemplate } from '#engine/notifications/template/template.ts'
import { fromKube } from '#engine/notifications/values.ts'

const rollout = {
  metadata: { name: 'shop', labels: { team: 'web' } },
  spec: {
    replicas: 2_000_000,
    strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'x:1' },
          { name: 'b', image: 'y:2' },
        ],
      },
    },
  },
  status: { currentStepIndex: 0, ratio: 0.5, message: 'a <b> & "c"', at: '2026-01-15T10:00:05Z' },
}
const now = Date.parse('2026-11-28T12:30:05Z')

const rendered = (source: string, data: object = { rollout, serviceType: 'slack' }) => {
  const template = textTemplate(source)
  if (!template.ok) return template.error.message
  const outcome = template.value(fromKube(data), now)
  return outcome.ok ? outcome.value : `failed: ${outcome.error}`
}

describe('OPS-158: templates in the language of Go', () => {
  it.each([
    ['fields', 'Rollout {{.rollout.metadata.name}} ({{ $.rollout.metadata.labels.team }})', 'Rollout shop (web)'],
    ['whole numbers print as they are written', '{{.rollout.spec.replicas}} {{.rollout.status.ratio}}', '2000000 0.5'],
    ['what is not there', '{{.rollout.spec.nothing.deep}}', '<no value>'],
    ['trimmed space', 'a  {{- " b " -}}  c', 'a b c'],
    ['comments', 'a{{/* {{ nobody }} */}}b', 'ab'],
    ['if, else if, else', '{{if .x}}1{{else if eq .serviceType "slack"}}2{{else}}3{{end}}', '2'],
    ['with', '{{with .rollout.metadata}}{{.name}}{{else}}none{{end}}{{with .x}}a{{else}}b{{end}}', 'shopb'],
    [
      'range with variables',
      '{{range $i, $c := .rollout.spec.template.spec.containers}}{{if $i}}, {{end}}{{$c.name}}={{.image}}{{end}}',
      'a=x:1, b=y:2',
    ],
    ['range over a map, by keys', '{{range $k, $v := dict "b" 1 "a" 2}}{{$k}}{{$v}}{{end}}', 'a2b1'],
    [
      'range else, break, continue',
      '{{range list}}x{{else}}none{{end}}{{range until 5}}{{if eq . 1}}{{continue}}{{end}}{{if gt . 2}}{{break}}{{end}}{{.}}{{end}}',
      'none02',
    ],
    ['assignment', '{{$x := 1}}{{range until 3}}{{$x = add $x .}}{{end}}{{$x}}', '4'],
    ['a pipe gives the last argument', '{{.rollout.metadata.name | printf "%s-%d" "a" | upper}}', 'A-%!D(STRING=SHOP)'],
    ['brackets with fields', '{{(index .rollout.spec.template.spec.containers 1).image}}', 'y:2'],
    ['numbers', '{{add .rollout.status.currentStepIndex 1}}/{{len .rollout.spec.strategy.canary.steps}}', '1/2'],
    ['comparison', '{{and (lt 1 2.5) (ge "b" "a") (ne 1 2) (not false)}}', 'true'],
    ['and, or give what decides', '{{or "" "x"}}{{and 1 0}}{{or .x (eq 1 1)}}', 'x0true'],
    ['eq with several', '{{eq .serviceType "teams" "slack"}}', 'true'],
    [
      'printf',
      '{{printf "%05.1f|%-4s|%4d|%q|%v|%t|%%|%x" 3.14159 "ab" 7 "c" true false 255}}',
      '003.1|ab  |   7|"c"|true|false|%|ff',
    ],
    ['printf with too few and too many', '{{printf "%s" }}{{printf "%d" 1 2}}', '%!s(MISSING)1%!(EXTRA int=2)'],
    [
      'define and template',
      '{{define "t"}}<{{.}}>{{end}}{{template "t" .serviceType}}{{block "u" 1}}{{.}}{{end}}',
      '<slack>1',
    ],
    ['default', '{{.x | default "none"}}{{default 1 2}}{{coalesce .x "" 3}}{{ternary "a" "b" true}}', 'none23a'],
    [
      'texts',
      '{{trunc 3 "abcdef"}}{{trunc -2 "abcdef"}}{{title "ab cd"}}{{replace "a" "b" "aac"}}{{trimSuffix "c" "abc"}}',
      'abcefAb Cdbbcab',
    ],
    [
      'quotes',
      '{{quote "a\\"b"}}{{squote "c"}}{{join "-" (list 1 "a")}}{{splitList "," "x,y" | last}}',
      '"a\\"b"\'c\'1-ay',
    ],
    [
      'JSON',
      '{{toJson .rollout.status}}',
      '{"at":"2026-01-15T10:00:05Z","currentStepIndex":0,"message":"a \\u003cb\\u003e \\u0026 \\"c\\"","ratio":0.5}',
    ],
    ['raw JSON', '{{toRawJson .rollout.status.message}}', '"a <b> & \\"c\\""'],
    ['base64', '{{b64enc "grüße"}}{{b64dec "Z3LDvMOfZQ=="}}', 'Z3LDvMOfZQ==grüße'],
    [
      'times',
      '{{now | date "2006-01-02 15:04:05"}} {{(call .time.Parse .rollout.status.at).Format "Jan 2, 3:04PM"}} {{(call .time.Now).Unix}}',
      '2026-11-28 12:30:05 Jan 15, 10:00AM 1795869005',
    ],
    [
      'index and hasKey',
      '{{index .rollout.metadata.labels "team"}}{{hasKey .rollout "spec"}}{{dig "a" "b" "no" (dict "a" (dict "b" 1))}}',
      'webtrue1',
    ],
  ])('%s', (_what, source, expected) => {
    expect(rendered(source)).toBe(expected)
  })

  it.each([
    ['{{.x', 'unclosed action'],
    ['{{if .x}}a', 'unexpected EOF: {{if}} has no {{end}}'],
    ['{{end}}', 'unexpected {{end}}'],
    ['{{}}', 'missing value for command'],
    ['{{$x}}', 'undefined variable "$x"'],
    ['{{"a}}', 'unterminated quoted string'],
    ['{{break}}', '{{break}} outside {{range}}'],
    ['{{(1}}', 'unclosed left paren'],
    ['{{nil}}', 'nil is not a command'],
    ["{{'ab'}}", 'malformed character constant'],
    ['{{..x}}', 'unexpected . after term "."'],
    ['{{1 2}}', "can't give argument to non-function"],
    ['{{genPrivateKey "rsa"}}', 'function "genPrivateKey" is not supported'],
    ['{{call .repo.GetCommit}}', 'call of .repo.GetCommit is not supported'],
    ['{{env "HOME"}}', 'function "env" is not supported'],
  ])('says at the reading what is wrong with %s', (source, expected) => {
    expect(rendered(source)).toBe(expected)
  })

  it.each([
    ['{{index (list 1) 3}}', 'failed: error calling index: index out of range: 3'],
    ['{{.serviceType.x}}', "failed: can't evaluate field x in type string"],
    ['{{.serviceType "x"}}', 'failed: serviceType is not a method but has arguments'],
    ['{{eq 1 "1"}}', 'failed: error calling eq: incompatible types for comparison'],
    ['{{len 1}}', 'failed: error calling len: len of type int'],
    ['{{upper}}', 'failed: wrong number of args for upper: want 1 got 0'],
    ['{{fail "no"}}', 'failed: error calling fail: no'],
    ['{{template "none"}}', 'failed: template "none" not defined'],
    ['{{div 1 0}}', 'failed: error calling div: integer divide by zero'],
  ])('fails with the cause: %s', (source, expected) => {
    expect(rendered(source)).toBe(expected)
  })

  it.each([
    ['{{range until 1000}}{{range until 1000}}{{end}}{{end}}', /failed: .*template takes too many steps/],
    ['{{until 100000000}}', 'failed: error calling until: template takes too many steps'],
    ['{{range until 600}}{{repeat 1000 "x"}}{{end}}', 'failed: output is longer than 262144 characters'],
    ['{{repeat 100000000 "x"}}', 'failed: error calling repeat: text is longer than 262144 characters'],
    ['{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', 'failed: templates call each other too deeply'],
    [`${'{{if 1}}'.repeat(200)}${'{{end}}'.repeat(200)}`, 'template is nested too deeply'],
    [`{{${'('.repeat(200)}1${')'.repeat(200)}}}`, 'template is nested too deeply'],
    ['x'.repeat(200_001), 'template is longer than 200000 characters'],
    ['{{$x := "ab"}}{{range until 40}}{{$x = printf "%s%s" $x $x}}{{end}}', /failed: .*(longer|too many)/],
    ['{{$x := list 1}}{{range until 60}}{{$x = list $x $x}}{{end}}{{$x}}', /failed: .*(longer|too many)/],
  ])('is bounded: %s', (source, expected) => {
    expect(rendered(source)).toMatch(expected)
  })

  it('no key of the data reaches a prototype', () => {
    expect(rendered('{{.rollout.constructor}}{{.rollout.__proto__}}')).toBe('<no value><no value>')
    expect(rendered('{{constructor}}')).toBe('function "constructor" is not supported')
  })
})
