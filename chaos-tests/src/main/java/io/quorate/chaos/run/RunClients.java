package io.quorate.chaos.run;

import io.quorate.chaos.fault.ClientSide;
import io.quorate.chaos.fault.Spenders;
import java.util.List;
import java.util.SplittableRandom;

/** The clients of a run, for faults: processes that spend with leases, and threads that speak the protocol. */
record RunClients(Spenders spenders, List<WireDriver> wire) implements ClientSide {
    @Override
    public String kill(SplittableRandom random) {
        return spenders.kill(random);
    }

    @Override
    public String pause(SplittableRandom random) {
        return spenders.pause(random);
    }

    @Override
    public void resume(String name) {
        spenders.resume(name);
    }

    @Override
    public String startHoarder(SplittableRandom random) {
        return spenders.startHoarder(random);
    }

    @Override
    public void killHoarder(String name) {
        spenders.killHoarder(name);
    }

    @Override
    public void sendTwice(boolean every) {
        wire.forEach(driver -> driver.sendTwice(every));
    }

    @Override
    public long leaseMillisMax() {
        return spenders.leaseMillisMax();
    }
}
