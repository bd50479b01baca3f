/**
 * The durable store over RocksDB; the only importer of org.rocksdb in this module.
 *
 * <p>May depend on: core, storage.api, storage.codec.
 */
@NullMarked
package io.quorate.storage.rocks;

import org.jspecify.annotations.NullMarked;
