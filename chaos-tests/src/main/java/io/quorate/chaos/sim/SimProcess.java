package io.quorate.chaos.sim;

import java.util.ArrayDeque;
import java.util.Queue;

/** A process: what is planned for it doesn't happen when it is dead, and happens later if it is paused. */
abstract class SimProcess {
    final World world;
    final SimClock clock;
    /** Where it is in the network. */
    final int place;

    private int life;
    private boolean up;
    private long pausedUntilNanos;
    private final Queue<Late> waiting = new ArrayDeque<>();

    private record Late(int life, Step step, Runnable task) {}

    SimProcess(World world, SimClock clock, int place) {
        this.world = world;
        this.clock = clock;
        this.place = place;
    }

    final boolean isUp() {
        return up;
    }

    final boolean isPaused() {
        return pausedUntilNanos > world.agenda.nowNanos();
    }

    final boolean isRunning() {
        return up && !isPaused();
    }

    /** A number that is another one after each start. */
    final int life() {
        return life;
    }

    final void begin() {
        up = true;
        life++;
        pausedUntilNanos = 0;
        waiting.clear();
    }

    final void end() {
        up = false;
        life++;
    }

    /** When it came back last, if it was paused. */
    final long resumedAtNanos() {
        return pausedUntilNanos;
    }

    /** It does nothing for so long, and then all that came meanwhile. */
    final void pause(long nanos) {
        long until = world.agenda.nowNanos() + nanos;
        if (up && until > pausedUntilNanos) {
            pausedUntilNanos = until;
            world.agenda.at(until, Step.HEAL, this::resumeIfTime);
        }
    }

    final void resume() {
        pausedUntilNanos = Math.min(pausedUntilNanos, world.agenda.nowNanos());
        resumeIfTime();
    }

    private void resumeIfTime() {
        if (!isPaused()) {
            for (Late late = waiting.poll(); late != null; late = waiting.poll()) {
                postFor(late.life(), 0, late.step(), late.task());
            }
        }
    }

    /** Plans something that this life of the process does. */
    final void post(long afterNanos, Step step, Runnable task) {
        postFor(life, afterNanos, step, task);
    }

    /** Plans something that a certain life of the process does. */
    final void postFor(int its, long afterNanos, Step step, Runnable task) {
        world.agenda.after(afterNanos, step, () -> run(its, step, task));
    }

    /** Something reaches the process, whichever life it is in; nothing happens if it is dead. */
    final void deliver(Step step, Runnable task) {
        if (up) {
            run(life, step, task);
        }
    }

    private void run(int its, Step step, Runnable task) {
        if (its != life) {
            return;
        }
        if (isPaused()) {
            waiting.add(new Late(its, step, task));
        } else {
            task.run();
        }
    }
}
