"""frenkel as an ASE calculator: one `frenkel energy - --stream` process answers frame after frame.

    atoms.calc = Frenkel(['-p', 'Fe-Ackland-2004'])

Outside of the frenkel folder: `npm install -g .` in it, then command=('frenkel',).

Energies in eV, forces in eV/Å, stress in eV/Å^3 in ASE's Voigt order (xx yy zz yz xz xy), −W/V.
"""
import json
import subprocess

import numpy as np
from ase.calculators.calculator import Calculator, CalculationFailed, all_changes


class Frenkel(Calculator):
    implemented_properties = ['energy', 'free_energy', 'energies', 'forces', 'stress']

    def __init__(self, arguments, command=('npx', 'frenkel')):
        super().__init__()
        line = [*command, 'energy', '-', '--stream', '--json', *arguments]
        self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def calculate(self, atoms=None, properties=('energy',), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        row = lambda numbers: ' '.join(f'{x:.17g}' for x in numbers)  # ase.io.write would round to 8 decimals
        lattice = f'Lattice="{row(atoms.cell.array.ravel())}" ' if atoms.pbc.any() else ''
        header = f'{lattice}Properties=species:S:1:pos:R:3 pbc="{" ".join("FT"[int(p)] for p in atoms.pbc)}"'
        body = [f'{symbol} {row(x)}' for symbol, x in zip(atoms.symbols, atoms.positions)]
        self.process.stdin.write('\n'.join([str(len(atoms)), header, *body, '']))
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise CalculationFailed(f'frenkel ended with code {self.process.wait()}; why is on standard error')
        answer = json.loads(line)
        self.results = {k: np.array(answer[k]) for k in ('energies', 'forces')}
        self.results['energy'] = self.results['free_energy'] = answer['energy']
        if atoms.cell.rank == 3:
            w = np.array(answer['virial'])
            self.results['stress'] = -w[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]] / atoms.get_volume()
