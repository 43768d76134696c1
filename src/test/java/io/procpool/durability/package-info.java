/**
 * The proof that nothing accepted is lost: clients that write down what they did, functions that write down that they ran, and a checker that compares both with what the
 * service says in the end. What it decides, and what it has been shown to catch, is in {@code docs/durability-checks.md}.
 */
@NullMarked
package io.procpool.durability;

import org.jspecify.annotations.NullMarked;
