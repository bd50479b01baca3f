/*
 * godown FOLDER: takes down the file system that is mounted there (ext4, xfs), as a loss of power does: whatever isn't
 * on the device yet is lost, and every access fails until it is mounted again.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define GOING_DOWN _IOR('X', 125, uint32_t)
#define NO_LOG_FLUSH 2

int main(int count, char **arguments) {
    uint32_t how = NO_LOG_FLUSH;
    int folder = count == 2 ? open(arguments[1], O_RDONLY) : -1;
    if (folder < 0 || ioctl(folder, GOING_DOWN, &how) < 0) {
        perror("godown");
        return 1;
    }
    return 0;
}
