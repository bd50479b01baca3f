/**
 * Load against a running cluster, and what it measures.
 *
 * <p>May depend on: client.api, core.quota, core.rule.
 */
@NullMarked
package io.quorate.cli.bench;

import org.jspecify.annotations.NullMarked;
