#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes chapters of who spoke when, in a recording of one MKV file.

For complete-command of rtmswebhookbin, which names the manifest and the files
in the environment. The manifest gets the file's new size and checksum. Needs
mkvpropedit, of MKVToolNix."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

# What XML cannot have, and a participant's name can.
FORBIDDEN = re.compile(
    '[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')


def format_time(seconds):
    minutes, seconds = divmod(seconds, 60)
    return '%02d:%02d:%012.9f' % (*divmod(int(minutes), 60), seconds)


def make_chapters(speakers):
    root = xml.Element('Chapters')
    edition = xml.SubElement(root, 'EditionEntry')
    for turn in speakers:
        atom = xml.SubElement(edition, 'ChapterAtom')
        xml.SubElement(atom, 'ChapterTimeStart').text = format_time(
            turn['start'])
        xml.SubElement(atom, 'ChapterTimeEnd').text = format_time(turn['end'])
        display = xml.SubElement(atom, 'ChapterDisplay')
        xml.SubElement(display, 'ChapterString').text = FORBIDDEN.sub(
            '', turn['name'])
        xml.SubElement(display, 'ChapterLanguage').text = 'und'
    return xml.tostring(root, 'utf-8', xml_declaration=True)


def add_chapters(path, chapters):
    with tempfile.NamedTemporaryFile(suffix='.xml') as file:
        file.write(chapters)
        file.flush()
        # 1 is a warning.
        return subprocess.run(
            ['mkvpropedit', '--quiet', path, '--chapters', file.name],
            check=False).returncode <= 1


def get_checksum(path):
    checksum = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            checksum.update(block)
    return checksum.hexdigest()


def main():
    manifest_path = os.environ.get('RTMS_MANIFEST')
    if not manifest_path:
        sys.exit('There is no manifest to tell who spoke when: set the '
                 'property manifest of rtmswebhookbin, too')
    paths = os.environ['RTMS_FILES'].split('\n')
    with open(manifest_path, encoding='utf-8') as file:
        manifest = json.load(file)
    # Named in the same order, but from different folders.
    found = [(path, entry) for path, entry in zip(paths, manifest['files'])
             if path.endswith('.mkv')]
    if not manifest.get('speakers'):
        return
    if len(found) != 1:
        sys.exit('There is not one MKV file to get chapters, but %d'
                 % len(found))
    path, entry = found[0]
    added = add_chapters(path, make_chapters(manifest['speakers']))
    entry['size'] = os.path.getsize(path)
    entry['sha256'] = get_checksum(path)
    with open(manifest_path + '.new', 'w', encoding='utf-8') as file:
        json.dump(manifest, file, ensure_ascii=False)
        file.write('\n')
    os.replace(manifest_path + '.new', manifest_path)
    if not added:
        sys.exit('No chapters could be added to ' + path)


if __name__ == '__main__':
    main()
