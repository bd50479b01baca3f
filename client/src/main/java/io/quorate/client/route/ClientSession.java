package io.quorate.client.route;

/** This client's session in one group. Confined to the loop. */
final class ClientSession {
    final long id;
    final SequenceWindow window = new SequenceWindow();
    /** Calls that wait for an older one's answer, because the window is full. */
    final CallQueue awaitingRoom = new CallQueue();

    ClientSession(long id) {
        this.id = id;
    }
}
