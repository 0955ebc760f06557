/** Why an expression cannot be used or evaluated, in expr-lang's words where it has some. Caught where expressions are evaluated. */
export class ExprError extends Error {}
