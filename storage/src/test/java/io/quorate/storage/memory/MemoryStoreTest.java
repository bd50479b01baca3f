package io.quorate.storage.memory;

import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StateStoreContract;

class MemoryStoreTest extends StateStoreContract {
    @Override
    protected StateStore create() {
        return new MemoryStore();
    }
}
