#!/bin/sh
# Installs the program from this unpacked tarball, or takes it away again. What is there already of configuration, scripts and
# jobs stays as it is, so it can be run again at any time: after an update of Java, or from a newer tarball.
#
#   install.sh [--dry-run] [--prefix DIR] [uninstall]
#
# --dry-run tells what would be done and changes nothing. DIR is /usr/local if not given. With DESTDIR in the environment, all
# happens below that folder. uninstall leaves configuration, log, the generated tree and the user.
# shellcheck disable=SC2317,SC2030,SC2031 # much is called by name, and a rehearsal changes nothing
set -eu

usage() {
    sed -n '2,/^# shellcheck/{/shellcheck/d;s/^# \{0,1\}//;p}' "$0"
}

# Of an earlier version too; never configuration.
put_file() {
    cmp -s -- "$1" "$root$2" || change "write $2" replace_file "$1" "$root$2"
}

replace_file() {
    mkdir -p -- "${2%/*}"
    rm -f -- "$2.new"
    if cp -- "$1" "$2.new" && chmod 644 -- "$2.new" && mv -fT -- "$2.new" "$2"; then
        return 0
    fi
    rm -f -- "$2.new"
    return 1
}

# The whole program appears at once, with the class archive that it had if that still fits.
put_program() {
    rm -rf -- "$root$home.new" "$root$home.old"
    mkdir -p -- "$root${home%/*}"
    if ! { cp -R --preserve=timestamps -- "$files" "$root$home.new" && chown -R 0:0 -- "$root$home.new" &&
        chmod -R u=rwX,go=rX -- "$root$home.new"; }; then
        rm -rf -- "$root$home.new"
        return 1
    fi
    [ ! -e "$root$home" ] || mv -T -- "$root$home" "$root$home.old"
    if ! mv -T -- "$root$home.new" "$root$home"; then
        [ ! -e "$root$home.old" ] || mv -T -- "$root$home.old" "$root$home"
        return 1
    fi
    rm -rf -- "$root$home.old"
}

# With this, Java does not start when it cannot use the archive.
has_class_archive() {
    [ -s "$root$home/lib/classes.jsa" ] &&
        JAVA_OPTS=-Xshare:on "$root$home/bin/bacula-openstack-sync" --version >/dev/null 2>&1
}

# each_file COMMAND: with a file of this tarball, and where it belongs outside of the program's own folder.
each_file() {
    "$1" "$files/doc/bacula-openstack-sync.8" "$prefix/share/man/man8/bacula-openstack-sync.8"
    "$1" "$files/doc/bacula-openstack-sync.bash" "$prefix/share/bash-completion/completions/bacula-openstack-sync"
    for unit in bacula-openstack-sync.service bacula-openstack-sync.timer; do
        "$1" "$files/systemd/$unit" "$prefix/lib/systemd/system/$unit"
    done
}

must_be_roots() {
    trust "$root$1"
    [ "$maker" = root ] || refuse "$1 is not root's alone, and so would the program not be; choose another --prefix"
}

install_all() {
    bacula=$(owner)
    must_be_roots "$home"
    must_be_roots "$prefix/bin"
    each_file must_be_file_of_root
    if [ "$files" != "$root$home" ] && ! diff -qr -x classes.jsa -- "$files" "$root$home" >/dev/null 2>&1; then
        change "copy the program to $home" put_program
    fi
    [ -d "$root$prefix/bin" ] || change "make the folder $prefix/bin" mkdir -p -- "$root$prefix/bin"
    make_link "$prefix/bin/bacula-openstack-sync" "$home/bin/bacula-openstack-sync"
    each_file put_file
    set_up
    make_directory 755 root /etc/logrotate.d
    make_file 644 root /etc/logrotate.d/bacula-openstack-sync <"$files/etc/logrotate"
    has_class_archive || change "make Java's class archive" make_class_archive
    if has_systemd && [ "$changes" -gt 0 ]; then
        change "tell systemd" systemctl daemon-reload
    fi
}

must_be_file_of_root() {
    must_be_roots "${2%/*}"
}

remove_file() {
    ! is_there "$root$2" || change "remove $2" rm -f -- "$root$2"
}

remove_rule() {
    if cmp -s -- "$files/etc/logrotate" "$root/etc/logrotate.d/bacula-openstack-sync"; then
        change "remove /etc/logrotate.d/bacula-openstack-sync" rm -f -- "$root/etc/logrotate.d/bacula-openstack-sync"
    fi
}

uninstall_all() {
    must_be_roots "$home"
    stop_timer
    take_down
    remove_link "$prefix/bin/bacula-openstack-sync" "$home/bin/bacula-openstack-sync"
    each_file remove_file
    # Where the Debian package has taken over, the rule is the package's.
    if [ ! -e "$root/usr/share/bacula-openstack-sync" ] || [ "$home" = /usr/share/bacula-openstack-sync ]; then
        remove_rule
    fi
    if has_systemd && [ "$changes" -gt 0 ]; then
        change "tell systemd" systemctl daemon-reload
    fi
    [ ! -e "$root$home" ] || change "remove $home" rm -rf -- "$root$home"
}

main() {
    files=$(CDPATH='' cd -P -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
    root=${DESTDIR:-}
    root=${root%/}
    prefix=/usr/local
    case $files in
        "$root"/*/share/bacula-openstack-sync)
            prefix=${files#"$root"}
            prefix=${prefix%/share/bacula-openstack-sync}
            ;;
    esac
    dry=
    action=install
    while [ $# -gt 0 ]; do
        case $1 in
            --dry-run) dry=yes ;;
            --prefix) prefix=${2:-} && shift ;;
            --prefix=*) prefix=${1#*=} ;;
            uninstall) action=uninstall ;;
            --help | -h)
                usage
                exit
                ;;
            *)
                usage >&2
                exit 2
                ;;
        esac
        [ $# -eq 0 ] || shift
    done
    case $prefix in
        /*[!/]) ;;
        *)
            echo "ERROR: the prefix must be an absolute path, such as /usr/local" >&2
            exit 2
            ;;
    esac
    [ "$(id -u)" -eq 0 ] || {
        echo "ERROR: only root can install this" >&2
        exit 1
    }
    [ -z "$root" ] || [ -r "$root/etc/passwd" ] || {
        echo "ERROR: DESTDIR is $root, but there is no system in it: no etc/passwd" >&2
        exit 1
    }
    home=$prefix/share/bacula-openstack-sync
    verbose=yes
    quiet=
    # shellcheck source-path=SCRIPTDIR source=scripts/setup.sh
    . "$files/scripts/setup.sh"
    trap 'tell_failure $?' EXIT
    if [ "$action" = install ]; then
        "$files/bin/bacula-openstack-sync" --version >/dev/null || refuse "the program does not start; nothing was done"
        # What would be refused is refused before anything is changed.
        [ -n "$dry" ] || (dry=yes verbose='' quiet=yes && install_all)
        install_all
        ended="Installed. What comes next: \"Configure\" in $home/doc/docs/operate.md"
    else
        uninstall_all
        ended="Removed. $opt/etc and $opt/log are as they were: the Director loads its jobs from there. An Admin job that still names
run-openstack-sync.sh will fail; disable it"
    fi
    [ "$changes" -gt 0 ] || ended="There is nothing to do; nothing was changed"
    [ -n "$dry" ] || echo "$ended."
}

# Read to its end before it removes itself.
main "$@"
exit
