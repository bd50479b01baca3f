/**
 * Groups over SOFAJRaft; the only importer of com.alipay.sofa.jraft.
 *
 * <p>May depend on: all of raft, storage, core.
 */
@NullMarked
package io.quorate.raft.jraft;

import org.jspecify.annotations.NullMarked;
