#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes chapters of who spoke when, in the MKV files of a recording.

For complete-command of rtmswebhookbin: RTMS_MANIFEST names the manifest, whose
checksums are written anew. Needs mkvpropedit, of MKVToolNix."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml


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
        xml.SubElement(display, 'ChapterString').text = turn['name']
        xml.SubElement(display, 'ChapterLanguage').text = 'und'
    return xml.tostring(root, 'utf-8', xml_declaration=True)


def add_chapters(path, chapters):
    with tempfile.NamedTemporaryFile(suffix='.xml') as file:
        file.write(chapters)
        file.flush()
        # 1 is a warning.
        if subprocess.run(['mkvpropedit', '--quiet', path, '--chapters',
                           file.name], check=False).returncode > 1:
            sys.exit('No chapters could be added to ' + path)


def main():
    manifest_path = os.environ['RTMS_MANIFEST']
    folder = os.path.dirname(manifest_path)
    with open(manifest_path, encoding='utf-8') as file:
        manifest = json.load(file)
    if not manifest['speakers']:
        return
    for entry in manifest['files']:
        path = os.path.join(folder, entry['name'])
        if not path.endswith('.mkv'):
            continue
        add_chapters(path, make_chapters(manifest['speakers']))
        with open(path, 'rb') as file:
            entry['sha256'] = hashlib.file_digest(file, 'sha256').hexdigest()
        entry['size'] = os.path.getsize(path)
    with open(manifest_path + '.new', 'w', encoding='utf-8') as file:
        json.dump(manifest, file, ensure_ascii=False)
        file.write('\n')
    os.replace(manifest_path + '.new', manifest_path)


if __name__ == '__main__':
    main()
