import { describe, expect, it } from 'vitest';
import { tokenBudget } from '../../../src/recommendations/token-budget.ts';

describe('tokenBudget', () => {
  it('counts what is under way as its estimate, and then as what was used', () => {
    const budget = tokenBudget(100);
    const first = budget.reserve(60);
    expect(budget.reserve(60)).toBeNull();
    expect(budget.spent()).toBe(0);
    first?.(30);
    expect(budget.spent()).toBe(30);
    expect(budget.reserve(71)).toBeNull();
    expect(budget.reserve(70)).not.toBeNull();
  });

  it('has no room left once more was used than was estimated', () => {
    const budget = tokenBudget(100);
    budget.reserve(10)?.(150);
    expect(budget.reserve(0)).toBeNull();
  });
});
